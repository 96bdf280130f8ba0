import { freePort } from '#testkit/app-process.js';
import { BeckonApart } from '#testkit/beckon-apart.js';
import { Beckon } from '#testkit/beckon.js';
import { fromTestRun } from '#testkit/environment.js';
import { holdTable } from '#testkit/hold-table.js';
import { badgeOf, countedReactions, deadLetters, toldOfReactions } from '#testkit/inbox-reading.js';
import { Operator } from '#testkit/operator.js';
import { OwnRedis } from '#testkit/own-redis.js';
import { publish } from '#testkit/publish.js';
import { Random } from '#testkit/random.js';
import { ReactionLoad } from '#testkit/reaction-load.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { until } from '#testkit/until.js';

const IN_FLIGHT = 200;
/** On a machine on which much else runs. */
const GATHERED_MS = 40_000;
const ACTORS = Array.from({ length: 100 }, (_, index) => `p${index}`);

describe('Redis is lost', () => {
  const random = Random.seeded('redis-faults');
  let redis: OwnRedis;
  let beckon: Beckon;
  let posts: string[];
  let round = 0;

  beforeAll(async () => {
    redis = await OwnRedis.start();
    beckon = await Beckon.start({ redisUrl: redis.url, faults: [], env: { WRITES_PER_SECOND: '100000' } });
    await beckon.people('ana', 'abe', ...ACTORS);
  });
  beforeEach(async () => {
    round++;
    posts = Array.from({ length: 10 }, (_, index) => `round${round}-${index}`);
    for (const [index, id] of posts.entries()) await publish(beckon, index % 2 === 0 ? 'ana' : 'abe', [id]);
  });
  afterAll(async () => {
    await beckon?.stop();
    await redis?.stop();
  });

  const start = (options: { each?: number; connections?: number } = {}) =>
    ReactionLoad.start(beckon, {
      random: random.fork(round),
      actors: ACTORS,
      posts,
      connections: 8,
      takeBack: 0.2,
      perSecond: 200,
      ...options,
    });

  /** Everything acknowledged is told exactly once, everything answered was accepted. */
  async function expectNothingLost(load: ReactionLoad): Promise<void> {
    expect(load.complaints).toEqual([]);
    const refused = load.refused - load.lookupsMissed;
    expect({ refused, unknown: load.unknown }).toEqual({ refused: 0, unknown: 0 });
    const told = await toldOfReactions(beckon, ['ana', 'abe']);
    const ofRound = Object.fromEntries(Object.entries(told).filter(([post]) => posts.includes(post)));
    expect(ofRound).toEqual(load.told());
    const counted = await countedReactions(beckon, posts);
    for (const post of posts) expect(counted[post]?.total).toBe(load.told()[post]?.actorCount ?? 0);
    for (const author of ['ana', 'abe']) {
      const { badge, list, recount } = await badgeOf(beckon, author);
      expect({ list, recount }).toEqual({ list: badge, recount: badge });
    }
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await counterDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  }

  it(`emptied with ${IN_FLIGHT} events in flight, three times`, async () => {
    const count = async (sql: string) => (await beckon.database.query<{ n: number }>(sql))[0]?.n ?? 0;
    const load = start();
    for (let emptied = 0; emptied < 3; emptied++) {
      // Events gather while relays are held, and then travel together; what was lost before is done by then.
      beckon.arm({ at: 'claim', does: 'hold' });
      await until(async () => (await count(TO_DISPATCH)) >= IN_FLIGHT, GATHERED_MS);
      await until(async () => (await count(DISPATCHED)) === 0, GATHERED_MS);
      // Nothing is consumed while a transaction holds the ledger, so that jobs stay in Redis.
      const release = await holdTable(beckon.database, 'notification.ledger');
      try {
        beckon.arm();
        await until(async () => (await count(DISPATCHED)) >= IN_FLIGHT, GATHERED_MS);
        await redis.admin.flushall();
      } finally {
        await release();
      }
      await load.progress(20);
    }
    await load.stop();
    await beckon.drain(90_000);
    await expectNothingLost(load);
  }, 180_000);

  it('away when the process starts', async () => {
    await beckon.end();
    redis.signal('SIGKILL');
    await beckon.run();
    const load = start({ each: 25 });
    await load.finished;
    expect(load.acknowledged).toBe(200);
    expect((await fetch(`${beckon.url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${beckon.url}/metrics`)).status).toBe(200);
    expect((await (await beckon.as('p0')).put('/v1/me/following/ana')).status).toBeLessThan(300);
    const { status, body } = await (await Operator.of(beckon)).api.get('/v1/admin/queues');
    expect(status).toBe(200);
    for (const queue of body.queues) expect(queue.reachable).toBe(false);
    // An app that did not answer at all would look the same but for these.
    expect(body.deliveries).toContainEqual(
      expect.objectContaining({ producer: 'user', consumer: 'notification' }),
    );
    await redis.run();
    await beckon.drain(60_000);
    await expectNothingLost(load);
  }, 150_000);
});

describe('Redis freezes', () => {
  let redis: TcpProxy;
  let beckon: BeckonApart;

  beforeAll(async () => {
    const { hostname: host, port } = new URL(fromTestRun('TEST_REDIS_URL'));
    redis = await TcpProxy.start(await freePort(), { host, port: Number(port) });
    beckon = await BeckonApart.start();
    await beckon.people('ana', 'ben');
    await publish(beckon, 'ana', ['frozen']);
    await beckon.drain();
    await beckon.replace('reaction', { REDIS_URL: `redis://127.0.0.1:${redis.port}` });
  }, 150_000);
  afterAll(async () => {
    await beckon?.stop();
    await redis?.stop();
  });

  it('while a producer makes its queues: they are good when it is back', async () => {
    const reactions = '/v1/posts/frozen/reactions';
    redis.freeze();
    // Nothing was sent yet, so this is the first that asks for a queue.
    expect((await fetch(`${beckon.urlOf(reactions)}/metrics`)).status).toBe(200);
    await redis.restore();
    expect((await (await beckon.as('ben')).post(reactions, { type: 'like' })).status).toBe(201);
    await beckon.drain();
    expect((await toldOfReactions(beckon, ['ana']))['frozen']?.actorCount).toBe(1);
  }, 60_000);
});

const OF_REACTIONS = `SELECT count(*)::int AS n FROM reaction.delivery WHERE consumer = 'notification'`;
const TO_DISPATCH = `${OF_REACTIONS} AND epoch IS NULL`;
const DISPATCHED = `${OF_REACTIONS} AND epoch IS NOT NULL`;
