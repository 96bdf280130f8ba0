import parsePrometheus from 'parse-prometheus-text-format';

import { catalogue } from '#contracts/catalogue.js';
import { Beckon } from '#testkit/beckon.js';
import { holdTable } from '#testkit/hold-table.js';
import { until } from '#testkit/until.js';

const LIMIT = 10;
const POSTS = 30;

describe('a backlog beyond its limit', () => {
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { BACKLOG_LIMIT: String(LIMIT), WRITES_PER_SECOND: '10000' } });
    await beckon.people('ana', 'ben', 'cy');
  });
  afterAll(() => beckon?.stop());

  const react = async (post: string, headers?: Record<string, string>) =>
    (await beckon.as('ben')).post(`/v1/posts/${post}/reactions`, { type: 'like' }, headers);
  /** Again while a look-up misses its deadline, as one may on a busy machine. */
  const reactOnce = async (...args: Parameters<typeof react>) => {
    let answer = await react(...args);
    while (answer.body.code === 'DEPENDENCY_UNAVAILABLE') answer = await react(...args);
    return answer;
  };
  const count = async (from: string): Promise<number> =>
    (await beckon.database.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${from}`))[0]?.rows ??
    -1;

  it('turns writes away at the door, drops nothing, and opens again by itself', async () => {
    const ana = await beckon.as('ana');
    for (let index = 0; index < POSTS; index++) {
      // So few fit below the limit that even while all goes well one may have to come again.
      await until(
        async () => (await ana.post('/v1/posts', { id: `p${index}`, body: 'Hello' })).status === 201,
      );
    }
    await beckon.drain();
    await until(async () => (await count('post.delivery')) === 0, 30_000);
    const stream = await beckon.stream('ana');

    const release = await holdTable(beckon.database, 'notification.ledger');
    const accepted: string[] = [];
    const first = await reactOnce('p0', { 'idempotency-key': 'first' });
    expect(first.status).toBe(201);
    accepted.push('p0');
    let refusal = first;
    for (let index = 1; index < POSTS && refusal.status !== 503; index++) {
      // More than a second for all: the figure that decides is that old at most.
      await new Promise((resolve) => setTimeout(resolve, 200));
      refusal = await reactOnce(`p${index}`);
      if (refusal.status === 201) accepted.push(`p${index}`);
    }
    expect(refusal).toMatchObject({ status: 503, body: { code: 'BACKLOG_FULL', title: 'Backlog full' } });
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
    // Not before there are so many.
    const deliveries = accepted.length * catalogue['reaction.added.v1'].length;
    expect(deliveries).toBeGreaterThanOrEqual(LIMIT);

    // Whatever would tell anybody waits; what was answered is answered again; reading goes on.
    const ben = await beckon.as('ben');
    expect((await ben.delete('/v1/posts/p0/reactions/mine')).body.code).toBe('BACKLOG_FULL');
    expect((await react('p0', { 'idempotency-key': 'first' })).body).toEqual(first.body);
    expect((await react('p0', { 'idempotency-key': 'second' })).body.code).toBe('BACKLOG_FULL');
    expect((await ben.get('/v1/posts/p0/reactions')).body.reactions).toHaveLength(1);
    expect((await ana.get('/v1/notifications')).status).toBe(200);
    // Another service has a limit of its own.
    expect((await ben.post('/v1/posts/p0/comments', { body: 'Still here' })).status).toBe(201);
    expect(await count('reaction.reaction')).toBe(accepted.length);
    const metrics = parsePrometheus(await (await fetch(`${beckon.url}/metrics`)).text());
    const refused = metrics.find(({ name }) => name === 'beckon_writes_refused_total')?.metrics;
    expect(
      Number(refused?.find(({ labels }) => labels?.['producer'] === 'reaction')?.value),
    ).toBeGreaterThanOrEqual(3);

    await release();
    await until(async () => (await react('p29')).status === 201, 60_000);
    await beckon.drain(60_000);
    expect(await count(`notification.member WHERE reaction = 'like' AND active`)).toBe(accepted.length + 1);
    await stream.waitFor(({ event, data }) => event === 'group' && data.group.subject.id === 'p29', 30_000);
    await stream.close();
  }, 180_000);
});
