import { Redis } from 'ioredis';
import pg from 'pg';

import { acquaint } from '#testkit/acquaint.js';
import { Beckon } from '#testkit/beckon.js';
import { databaseEnvironment } from '#testkit/database.js';
import { countedReactions, deadLetters } from '#testkit/inbox-reading.js';
import { openQueue } from '#testkit/open-queue.js';
import { OwnRedis } from '#testkit/own-redis.js';
import { Person } from '#testkit/person.js';
import { publish } from '#testkit/publish.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { until } from '#testkit/until.js';

const ACTORS = Array.from({ length: 90 }, (_, index) => `p${index}`);

describe('the relay', () => {
  let redis: OwnRedis;
  let beckon: Beckon;
  let ana: Person;

  beforeAll(async () => {
    redis = await OwnRedis.start();
    beckon = await Beckon.start({ redisUrl: redis.url, faults: [], env: { WRITES_PER_SECOND: '100000' } });
    await beckon.people('ana', ...ACTORS);
    ana = await personOf('ana');
    await publish(beckon, 'ana', ['epoch', 'late', 'two', 'beside']);
    await beckon.drain();
  });
  afterEach(async () => {
    // What a test that failed has held must not fail the next.
    beckon.arm();
    expect(await deadLetters(beckon)).toEqual([]);
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await counterDifferences(beckon.database)).toEqual([]);
  });
  afterAll(async () => {
    await beckon?.stop();
    await redis?.stop();
  });

  const personOf = async (id: string) => new Person(id, id, await beckon.as(id));
  const actorsOf = async (postId: string) =>
    (await ana.inbox()).find(({ subject }) => subject.id === postId)?.actorCount ?? 0;
  it('stamps the epoch that it read before it added: what Redis loses in between is sent again at once', async () => {
    const queue = openQueue(beckon, 'notification');
    // All that works is busy, so that the job stays in Redis; the relay is held before it stamps.
    beckon.arm(
      { at: 'ledger', does: 'hold', about: '"postId":"beside"' },
      { at: 'add', does: 'hold', about: '"postId":"epoch"' },
    );
    for (const actor of ACTORS.slice(0, 4)) {
      await (await personOf(actor)).react('posts/beside');
      await until(async () => (await queue.getActiveCount()) >= Number(actor.slice(1)) + 1);
    }
    await (await personOf('p5')).react('posts/epoch');
    await until(async () => (await queue.getWaitingCount()) === 1);
    const admin = new Redis(redis.url);
    await admin.flushall();
    // Dispatched so often that the sweeper would not look at it for ten minutes: only the epoch tells that it is lost.
    await beckon.database.query('UPDATE reaction.delivery SET dispatches = 10');
    // Whoever reads the epoch from now on reads the new one.
    await until(async () => (await admin.exists(`${beckon.env['REDIS_PREFIX']}:epoch`)) === 1);
    admin.disconnect();
    await queue.close();
    beckon.arm();
    await until(async () => (await actorsOf('epoch')) === 1, 40_000);
    await beckon.drain(60_000);
  }, 120_000);

  it.each(['claim', 'add'] as const)(
    'killed within a batch, after its %s, has another carry each event once',
    async (at) => {
      const post = `dies-at-${at}`;
      await publish(beckon, 'ana', [post]);
      await beckon.drain();
      // Held before its first step ends, the relay finds the rest of them together when it goes on.
      beckon.arm({ at: 'claim', does: 'hold', about: `"postId":"${post}"` });
      for (const actor of ACTORS.slice(0, 10)) await (await personOf(actor)).react(`posts/${post}`);
      beckon.arm({ at, does: 'kill', about: `"actorId":"p9"` });
      await beckon.ended;
      // A claim holds for ten seconds; this ends it.
      await beckon.database.query('UPDATE reaction.delivery SET due_at = now()');
      await beckon.run();
      await beckon.drain(60_000);
      expect(await actorsOf(post)).toBe(10);
      expect((await countedReactions(beckon, [post]))[post]?.total).toBe(10);
    },
    90_000,
  );

  it('finds what was committed long after later ones', async () => {
    const [late, ...early] = await Promise.all(['p0', 'p1', 'p2', 'p3'].map(personOf));
    const blocker = new pg.Client({ connectionString: beckon.database.url });
    await blocker.connect();
    await blocker.query('BEGIN');
    // The same reaction, not committed: who reacts now waits for it in the middle of its own transaction.
    await blocker.query(
      `INSERT INTO reaction.reaction SELECT * FROM jsonb_populate_record(
         (SELECT r FROM reaction.reaction r WHERE subject_id = 'beside' LIMIT 1),
         jsonb_build_object('id', gen_random_uuid(), 'actor_id', 'p0', 'subject_id', 'late', 'post_id', 'late'))`,
    );
    const reacting = late!.react('posts/late');
    await until(
      async () =>
        (
          await beckon.database.query(
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          )
        ).length > 0,
    );
    for (const person of early) await person.react('posts/late');
    await until(async () => (await actorsOf('late')) === early.length);
    await blocker.query('ROLLBACK');
    await blocker.end();
    await reacting;
    await until(async () => (await actorsOf('late')) === early.length + 1);
    await beckon.drain();
  }, 60_000);

  it('of one process and that of another carry each event once', async () => {
    const other = await Beckon.start({
      redisUrl: redis.url,
      env: {
        WRITES_PER_SECOND: '100000',
        ...databaseEnvironment(beckon.database),
        REDIS_PREFIX: beckon.env['REDIS_PREFIX'] ?? '',
      },
    });
    try {
      const halves = [beckon, other].map((each, half) => ({
        each,
        actors: ACTORS.filter((_, index) => index % 2 === half),
      }));
      await Promise.all(
        halves.map(async ({ each, actors }) => {
          await acquaint(each, actors, ['two']);
          for (const id of actors) await new Person(id, id, await each.as(id)).react('posts/two');
        }),
      );
      await beckon.drain(60_000);
      expect(await actorsOf('two')).toBe(ACTORS.length);
      expect((await countedReactions(beckon, ['two']))['two']?.total).toBe(ACTORS.length);
    } finally {
      await other.stop();
    }
  }, 240_000);
});
