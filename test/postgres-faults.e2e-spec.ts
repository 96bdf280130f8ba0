import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { fromTestRun } from '#testkit/environment.js';
import { badgeOf, countedReactions, deadLetters, toldOfReactions } from '#testkit/inbox-reading.js';
import { insist } from '#testkit/insist.js';
import { publish } from '#testkit/publish.js';
import { Random } from '#testkit/random.js';
import { ReactionLoad } from '#testkit/reaction-load.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { until } from '#testkit/until.js';

const ACTORS = Array.from({ length: 60 }, (_, index) => `p${index}`);
const POSTS = Array.from({ length: 8 }, (_, index) => `post${index}`);
/** 2xx again within this of the database's return; asserted three times over. */
const BACK_MS = 5_000;

describe('PostgreSQL is away', () => {
  const random = Random.seeded('postgres-faults');
  let proxy: TcpProxy;
  let beckon: Beckon;
  let comment: string;

  beforeAll(async () => {
    const { hostname, port } = new URL(fromTestRun('TEST_DATABASE_ADMIN_URL'));
    proxy = await TcpProxy.start(await freePort(), { host: hostname, port: Number(port) });
    beckon = await Beckon.start({ databasePort: proxy.port, env: { WRITES_PER_SECOND: '100000' } });
    await beckon.people('ana', ...ACTORS);
    const ana = await beckon.as('ana');
    await publish(beckon, 'ana', POSTS);
    comment = (await insist(() => ana.post(`/v1/posts/${POSTS[0]}/comments`, { body: 'Here' }))).id;
  });
  afterAll(async () => {
    await beckon?.stop();
    await proxy?.stop();
  });

  const start = () =>
    ReactionLoad.start(beckon, {
      random,
      actors: ACTORS,
      posts: POSTS,
      connections: 8,
      takeBack: 0.2,
      perSecond: 150,
    });

  /** Every route that reads or writes, each as its caller would use it. */
  const everyRoute = (): [method: string, path: string, body?: unknown][] => [
    ['GET', '/v1/users/ana'],
    ['PUT', '/v1/users/ana', { handle: 'ana', displayName: 'Ana' }],
    ['PUT', '/v1/me/following/p1'],
    ['DELETE', '/v1/me/following/p1'],
    ['GET', '/v1/me/following'],
    ['GET', '/v1/me/followers'],
    ['GET', '/v1/me/activity'],
    ['PUT', '/v1/me/mutes/p2'],
    ['GET', '/v1/me/mutes'],
    ['GET', '/v1/me/blocks'],
    ['POST', '/v1/posts', { body: 'New' }],
    ['GET', `/v1/posts/${POSTS[0]}`],
    ['GET', '/v1/posts?author=ana'],
    ['PUT', `/v1/posts/${POSTS[0]}/thread`, { level: 'follow' }],
    ['POST', `/v1/posts/${POSTS[0]}/comments`, { body: 'New' }],
    ['GET', `/v1/posts/${POSTS[0]}/comments`],
    ['GET', `/v1/comments/${comment}`],
    ['PATCH', `/v1/comments/${comment}`, { body: 'Edited' }],
    ['POST', `/v1/posts/${POSTS[0]}/reactions`, { type: 'like' }],
    ['POST', `/v1/comments/${comment}/reactions`, { type: 'like' }],
    ['DELETE', `/v1/posts/${POSTS[0]}/reactions/mine`],
    ['GET', `/v1/posts/${POSTS[0]}/reactions`],
    ['GET', '/v1/notifications'],
    ['GET', '/v1/notifications/counts'],
    ['GET', `/v1/notifications/${comment}`],
    ['GET', `/v1/notifications/${comment}/actors`],
    ['POST', `/v1/notifications/${comment}/read`],
    ['POST', '/v1/notifications/read', { upTo: 1 }],
    ['POST', '/v1/notifications/seen', { upTo: 1 }],
    ['POST', '/v1/notifications/stream-tickets'],
    ['GET', '/v1/notifications/stream'],
    ['GET', `/v1/analytics/posts/${POSTS[0]}`],
    ['GET', `/v1/analytics/posts/${POSTS[0]}/series?metric=reactions&interval=hour`],
    ['GET', '/v1/analytics/trending?window=24h'],
  ];

  async function expectNothingLost(load: ReactionLoad): Promise<void> {
    expect(load.complaints).toEqual([]);
    expect(load.unknown).toBe(0);
    expect([...load.statuses.keys()].filter((status) => status >= 300 && status !== 503)).toEqual([]);
    // What stands is asked of the service that keeps reactions; what one load left, the next one adds to.
    const ana = await beckon.as('ana');
    const told = await toldOfReactions(beckon, ['ana']);
    const counted = await countedReactions(beckon, POSTS);
    const expected = load.told();
    for (const post of POSTS) {
      const { body } = await ana.get(`/v1/posts/${post}/reactions?limit=100`);
      const standing = body.reactions
        .map((reaction: { actorId: string; type: string }) => `${reaction.actorId} ${reaction.type}`)
        .sort();
      expect(told[post]?.actors ?? []).toEqual(standing);
      expect(standing).toEqual(expect.arrayContaining([...(expected[post]?.actors ?? [])]));
      expect(counted[post]?.total ?? 0).toBe(standing.length);
    }
    const { badge, list, recount } = await badgeOf(beckon, 'ana');
    expect({ list, recount }).toEqual({ list: badge, recount: badge });
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await counterDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  }

  it('every route answers 503 with Retry-After, and the process lives', async () => {
    const ana = await beckon.as('ana');
    await proxy.cut();
    const wrong: string[] = [];
    for (const [method, path, body] of everyRoute()) {
      const answer = await ana.request(method, path, body);
      const retryAfter = answer.headers.get('retry-after') ?? 'none';
      if (answer.status !== 503 || !/^\d+$/.test(retryAfter))
        wrong.push(`${method} ${path}: ${answer.status}, Retry-After ${retryAfter}`);
    }
    const [live, ready] = await Promise.all(
      ['live', 'ready'].map(async (name) => (await fetch(`${beckon.url}/health/${name}`)).status),
    );
    await proxy.restore();
    expect(wrong).toEqual([]);
    expect({ live, ready }).toEqual({ live: 200, ready: 503 });
  });

  it('silent under load: 503 and never 500, back within seconds, nothing acknowledged lost', async () => {
    const load = start();
    await load.progress(100);
    proxy.freeze();
    await until(() => load.count(503) > 0);
    await proxy.restore();
    const backAt = performance.now();
    await load.progress(20, 3 * BACK_MS);
    process.stdout.write(`PostgreSQL silent: 2xx again after ${Math.round(performance.now() - backAt)} ms\n`);
    await load.progress(100);
    await load.stop();
    await beckon.drain(60_000);
    await expectNothingLost(load);
  }, 120_000);
});
