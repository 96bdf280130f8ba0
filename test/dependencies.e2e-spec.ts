import type { Queue } from 'bullmq';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { holdTable } from '#testkit/hold-table.js';
import { deadLetters, toldOfReactions, wholeInbox } from '#testkit/inbox-reading.js';
import { Operator } from '#testkit/operator.js';
import { insist } from '#testkit/insist.js';
import { metricOf } from '#testkit/metric.js';
import { openQueue } from '#testkit/open-queue.js';
import { publish } from '#testkit/publish.js';
import { Random } from '#testkit/random.js';
import { ReactionLoad } from '#testkit/reaction-load.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { until } from '#testkit/until.js';

const SERVICES = ['user', 'post', 'comment', 'notification', 'analytics'] as const;
/** An open breaker closes within this of the return of what it guards; asserted three times over. */
const CLOSE_MS = 5_000;
const FANS = Array.from({ length: 80 }, (_, index) => `fan${index}`);

describe('a gRPC service that is away', () => {
  const proxies = {} as Record<(typeof SERVICES)[number], TcpProxy>;
  let beckon: Beckon;
  let queue: Queue;
  let posts = 0;

  beforeAll(async () => {
    const env: Record<string, string> = { WRITES_PER_SECOND: '100000', GRPC_PORT: String(await freePort()) };
    for (const service of SERVICES) {
      const target = { host: '127.0.0.1', port: Number(env['GRPC_PORT']) };
      proxies[service] = await TcpProxy.start(await freePort(), target);
      env[`${service.toUpperCase()}_GRPC_ADDRESS`] = `127.0.0.1:${proxies[service].port}`;
    }
    beckon = await Beckon.start({ env });
    await beckon.people('ana', 'ben', 'cy', 'dee', 'eve', ...FANS);
    const follows = FANS.map((follower) => ({ follower, followee: 'ana' }));
    await insist(async () => (await beckon.asService()).post('/v1/batch/follows', { follows }));
    queue = openQueue(beckon, 'notification');
  });
  afterEach(async () => {
    await Promise.all(Object.values(proxies).map((proxy) => proxy.restore()));
    const [ben, id] = [await beckon.as('ben'), await post()];
    await insist(() => ben.get(`/v1/posts/${id}/reactions`));
  });
  afterAll(async () => {
    await queue?.close();
    await beckon?.stop();
    await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()));
  });

  /** A post of ana's that nobody has looked up yet. */
  async function post(body = 'Away'): Promise<string> {
    const id = `away${posts++}`;
    await publish(beckon, 'ana', [id], body);
    return id;
  }
  const stateOf = async (dependency: string) => {
    const { details } = (await (await fetch(`${beckon.url}/health/ready`)).json()) as {
      details: Record<string, { status: string }>;
    };
    return details[dependency]?.status;
  };
  const react = async (actor: string, id: string) =>
    (await beckon.as(actor)).post(`/v1/posts/${id}/reactions`, { type: 'like' });

  /** How often the job that tells of a post was put back because something was away. */
  const delaysOf = async (id: string): Promise<number> => {
    const jobs = (await queue.getDelayed()).filter(({ data }) =>
      (data.events as { data: { postId?: string } }[]).some(({ data: { postId } }) => postId === id),
    );
    return Math.max(0, ...jobs.map(({ data }) => data.delays));
  };
  /** Calls to the ledgers that came to nothing. */
  const unavailable = () =>
    Promise.all(
      ['notification', 'analytics'].map((service) =>
        metricOf(
          beckon,
          'beckon_grpc_client_calls_total',
          `service="${service}.ledger",outcome="unavailable"`,
        ),
      ),
    );

  it.each(['cut', 'freeze'] as const)(
    'user service (%s): the inbox is served with null names, known people react, mentions and fan-outs wait',
    async (how) => {
      const id = await post();
      await insist(() => react('ben', id));
      await beckon.drain();
      // A process that has just started remembers no names.
      await beckon.end();
      await beckon.run();
      await insist(() => react('cy', id));
      await insist(() => react('ana', id));
      await beckon.drain();
      await proxies.user[how]();

      const ana = await beckon.as('ana');
      let list = await ana.get('/v1/notifications?limit=1');
      // The post's service is there, and may be late.
      await until(async () => {
        list = await ana.get('/v1/notifications?limit=1');
        return list.body.groups[0].subject.excerpt !== null;
      });
      expect(list.status).toBe(200);
      expect(list.body.groups[0]).toMatchObject({
        subject: { id, excerpt: 'Away' },
        actorIds: ['cy', 'ben'],
      });
      expect(list.body.users.ben).toEqual({ id: 'ben', handle: null, displayName: null, avatarUrl: null });

      const other = await post('Hello @dee and @eve');
      await insist(() => react('cy', other));
      expect((await react('eve', other)).status).toBe(503);
      await until(async () => (await toldOfReactions(beckon, ['ana']))[other]?.actorCount === 1);
      expect((await wholeInbox(beckon, 'dee')).groups.filter(({ subject }) => subject.id === other)).toEqual(
        [],
      );
      // It comes back again and again, and no attempt stays counted: one may be under way.
      await until(async () => (await delaysOf(other)) >= 3, 60_000);
      expect(await deadLetters(beckon)).toEqual([]);
      const counted = `SELECT 1 FROM notification.ledger WHERE status = 'trying' AND attempts > 1`;
      expect(await beckon.database.query(counted)).toEqual([]);

      await proxies.user.restore();
      await beckon.drain(60_000);
      for (const person of ['dee', 'eve', 'fan0', 'fan79']) {
        const { groups } = await wholeInbox(beckon, person);
        expect(groups.filter(({ subject }) => subject.id === other)).toHaveLength(1);
      }
      const told = await beckon.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM notification.member WHERE act_id = $1 AND active`,
        [`post:${other}`],
      );
      expect(told).toEqual([{ n: FANS.length + 2 }]);
      expect(await deadLetters(beckon)).toEqual([]);
    },
    120_000,
  );

  it.each(['cut', 'freeze'] as const)(
    'post service (%s): 503 for an unknown post, 201 for a known one, and all well again soon after its return',
    async (how) => {
      const [known, unknown] = [await post(), await post()];
      const another = await post();
      await insist(() => react('ben', known));
      await insist(() => react('cy', another));
      await proxies.post[how]();

      // More than the breaker needs to open.
      for (let attempt = 0; attempt < 8; attempt++) {
        const refused = await react('ben', unknown);
        expect(refused.status).toBe(503);
        expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      }
      await insist(() => react('cy', known));
      await beckon.drain();
      expect((await toldOfReactions(beckon, ['ana']))[known]?.actorCount).toBe(2);
      expect((await toldOfReactions(beckon, ['ana']))[unknown]).toBeUndefined();
      const stored = `SELECT 1 FROM reaction.reaction WHERE subject_id = $1`;
      expect(await beckon.database.query(stored, [unknown])).toEqual([]);

      await proxies.post.restore();
      const backAt = performance.now();
      await until(async () => (await react('ben', unknown)).status === 201, 3 * CLOSE_MS);
      process.stdout.write(
        `post service (${how}): 201 again after ${Math.round(performance.now() - backAt)} ms\n`,
      );
    },
    60_000,
  );

  it('post service: is known to be back though nobody asks for it', async () => {
    const unknown = await post();
    await proxies.post.cut();
    await until(async () => {
      await react('ben', unknown);
      return (await stateOf('grpc.post')) === 'degraded';
    });
    await proxies.post.restore();
    await until(async () => (await stateOf('grpc.post')) === 'up', 3 * CLOSE_MS);
    expect(await metricOf(beckon, 'beckon_grpc_breaker_open', 'service="post"')).toBe(0);
  });

  it('user service: what needs it holds up no redrive of what does not', async () => {
    const id = await post();
    const author = await beckon.as('ben');
    const refused = `ALTER TABLE notification.member ADD CONSTRAINT refused CHECK (actor_id <> 'ben') NOT VALID`;
    await beckon.database.query(refused);
    await author.post('/v1/posts', { id: 'names-dee', body: 'Hello @dee' });
    const types = async () => (await deadLetters(beckon)).map(({ type }) => type);
    await until(async () => (await types()).length === 1, 60_000);
    expect((await react('ben', id)).status).toBe(201);
    await until(async () => (await types()).length === 2, 60_000);
    await beckon.database.query('ALTER TABLE notification.member DROP CONSTRAINT refused');

    await proxies.user.cut();
    const operator = await Operator.of(beckon);
    const redrive = { queue: 'notification.fanout', limit: 10 };
    const marked = await operator.api.post('/v1/admin/dead-letter-redrives', redrive);
    expect(marked.body).toEqual({ redriven: 2, unknown: [] });
    await until(async () => (await types()).length === 1, 30_000);
    expect(await types()).toEqual(['post.published.v1']);
    await proxies.user.restore();
    await until(async () => (await types()).length === 0, 30_000);
    const { groups } = await wholeInbox(beckon, 'dee');
    expect(groups.filter(({ subject }) => subject.id === 'names-dee')).toHaveLength(1);
  }, 200_000);

  it('pages that the comment service does not answer leave its look-ups alone', async () => {
    const id = await post();
    const comment = async (author: string) => {
      const api = await beckon.as(author);
      return (await insist(() => api.post(`/v1/posts/${id}/comments`, { body: 'Away' }))).id as string;
    };
    const unknown = await comment('ben');
    await beckon.drain();
    // Who follows a thread is read from here, and no comment is.
    const release = await holdTable(beckon.database, 'comment.thread_level');
    try {
      for (const author of FANS.slice(0, 5)) await comment(author);
      await until(async () => (await stateOf('grpc.comment.threads')) === 'degraded', 60_000);
      const reacted = await (
        await beckon.as('cy')
      ).post(`/v1/comments/${unknown}/reactions`, { type: 'like' });
      expect(reacted.status).toBe(201);
      expect(await stateOf('grpc.comment')).toBe('up');
    } finally {
      await release();
    }
    await beckon.drain(60_000);
    expect(await deadLetters(beckon)).toEqual([]);
  }, 150_000);

  it('ledgers that do not answer lose nothing and double nothing', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => post()));
    const before = await unavailable();
    proxies.notification.freeze();
    await proxies.analytics.cut();
    const load = ReactionLoad.start(beckon, {
      random: Random.seeded('dependencies'),
      actors: FANS,
      posts: ids,
      connections: 6,
      each: 75,
      takeBack: 0.2,
    });
    await load.finished;
    // Each was asked several times what it has settled.
    await until(
      async () => (await unavailable()).every((calls, index) => calls >= before[index]! + 5),
      60_000,
    );
    await proxies.notification.restore();
    await proxies.analytics.restore();
    await beckon.drain(60_000);
    const unsettled = async () =>
      (await beckon.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM reaction.delivery`))[0]?.n;
    await until(async () => (await unsettled()) === 0, 60_000);

    expect(load.complaints).toEqual([]);
    const told = await toldOfReactions(beckon, ['ana']);
    expect(Object.fromEntries(ids.map((id) => [id, told[id]]))).toEqual(load.told());
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await counterDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  }, 240_000);
});
