import type { Job, Queue } from 'bullmq';
import { setTimeout as pause } from 'node:timers/promises';

import { eventQueues } from '#contracts/queues.js';
import type { Envelope } from '#queue/event-queues.js';
import { Beckon } from '#testkit/beckon.js';
import { holdTable } from '#testkit/hold-table.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { openQueue } from '#testkit/open-queue.js';
import { OwnRedis } from '#testkit/own-redis.js';
import { Person } from '#testkit/person.js';
import { publish } from '#testkit/publish.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { sideBySide } from '#testkit/side-by-side.js';
import { until } from '#testkit/until.js';

const ACTORS = Array.from({ length: 90 }, (_, index) => `p${index}`);
const { concurrency: WORKERS } = eventQueues.notification;
/** Of one producer to one consumer (queues.ts). */
const IN_FLIGHT = 5_000;

describe('a producer whose consumer can’t keep up', () => {
  let redis: OwnRedis;
  let beckon: Beckon;
  let ana: Person;
  let notifications: Queue;
  let activities: Queue;

  beforeAll(async () => {
    redis = await OwnRedis.start();
    beckon = await Beckon.start({ redisUrl: redis.url, faults: [], env: { WRITES_PER_SECOND: '100000' } });
    notifications = openQueue(beckon, 'notification');
    activities = openQueue(beckon, 'user');
    await beckon.people('ana', ...ACTORS);
    ana = await personOf('ana');
    await publish(beckon, 'ana', ['rush', 'waits', 'beside']);
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
    await notifications?.close();
    await activities?.close();
    await beckon?.stop();
    await redis?.stop();
  });

  const personOf = async (id: string) => new Person(id, id, await beckon.as(id));
  const actorsOf = async (postId: string) =>
    (await ana.inbox()).find(({ subject }) => subject.id === postId)?.actorCount ?? 0;

  const envelopesWith = (text: string, jobs: (Job<Envelope> | undefined)[]) =>
    jobs
      // One that ended between two answers of Redis has no data.
      .flatMap((job) => job?.data ?? [])
      .filter((data) => JSON.stringify(data).includes(text));
  // Beside them are jobs of processes that were killed before, until they count as stalled; and on a slow machine the
  // sweeper sends once more what is held, each event as a suspect of its own.
  const freshAbout = (postId: string, jobs: (Job<Envelope> | undefined)[]) =>
    envelopesWith(`"postId":"${postId}"`, jobs).filter(({ suspect }) => suspect !== true);
  const carriedBy = (envelopes: Envelope[]) => envelopes.flatMap(({ events }) => events).length;

  /** All that works on notifications is busy until `arm()`, and what comes now waits. */
  const keepBusy = async (postId: string) => {
    beckon.arm({ at: 'ledger', does: 'hold', about: `"postId":"${postId}"` });
    for (const [index, actor] of ACTORS.slice(0, WORKERS).entries()) {
      await (await personOf(actor)).react(`posts/${postId}`);
      await until(async () => carriedBy(freshAbout(postId, await notifications.getActive())) === index + 1);
    }
  };

  /** Until the sweeper of reactions has ended a round that began after this. */
  const twoSweeps = async (settledId: string) => {
    // Forgotten in one round, then in the next, which begins only when that has ended.
    for (let sweep = 1; sweep <= 2; sweep++) {
      await beckon.database.query(
        `INSERT INTO reaction.delivery (consumer, event_id, epoch, due_at)
         VALUES ('notification', $1, 'settled', 'infinity')`,
        [settledId],
      );
      await until(
        async () =>
          (await beckon.database.query('SELECT 1 FROM reaction.delivery WHERE event_id = $1', [settledId]))
            .length === 0,
      );
    }
  };

  /** Follows that the notification consumer has not settled. */
  const untold = async () =>
    (
      await beckon.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM "user".outbox
         WHERE NOT EXISTS (SELECT 1 FROM notification.ledger WHERE event_id = id AND status <> 'trying')`,
      )
    )[0]?.n;

  it('makes a rush into few jobs while the workers are busy', async () => {
    await keepBusy('rush');
    const rush = ACTORS.slice(WORKERS);
    await sideBySide(
      rush.length,
      async (index) => (await personOf(rush[index] ?? '')).react('posts/rush'),
      8,
    );
    // What came first waits; the others are held back, until a worker takes that, however late.
    await until(
      async () => Date.now() - ((await notifications.getWaiting(0, 0))[0]?.timestamp ?? Infinity) > 1_000,
    );
    const waiting = freshAbout('rush', await notifications.getWaiting());
    expect(waiting.length).toBe(1);
    const rest = rush.length - carriedBy(waiting);
    expect(rest).toBeGreaterThan(0);
    const heldBack = await beckon.database.query<{ id: string }>(
      `SELECT event_id AS id FROM reaction.delivery WHERE consumer = 'notification' AND epoch IS NULL`,
    );
    expect(heldBack.length).toBe(rest);
    beckon.arm({ at: 'ledger', does: 'hold', about: heldBack[0]?.id ?? '' });
    await until(async () => carriedBy(freshAbout('rush', await notifications.getActive())) === rest);
    beckon.arm();
    await until(async () => (await actorsOf('rush')) === ACTORS.length, 60_000);
    await beckon.drain(60_000);
  }, 180_000);

  it('does not send again what waits in the queue or was only now taken from it, however long that was', async () => {
    const lastReaction = async () =>
      (
        await beckon.database.query<{ id: string }>(`SELECT id FROM reaction.outbox ORDER BY id DESC LIMIT 1`)
      )[0]?.id ?? '';
    await (await personOf('p5')).react('posts/waits');
    await beckon.drain();
    const settled = await lastReaction();
    await keepBusy('waits');
    await (await personOf('p4')).react('posts/waits');
    const about = await lastReaction();
    const isLongDue = async () =>
      (
        await beckon.database.query(
          `SELECT 1 FROM reaction.delivery
           WHERE consumer = 'notification' AND event_id = $1 AND due_at <= now() - interval '2 s'`,
          [about],
        )
      ).length > 0;
    await until(isLongDue, 30_000);
    await twoSweeps(settled);
    expect(envelopesWith(about, await notifications.getWaiting()).length).toBe(1);

    const takenAfter = performance.now();
    beckon.arm({ at: 'ledger', does: 'hold', about });
    // Sent again it is a job by its own name: for a worker may have ended that holds a job for so long.
    await until(async () => (await notifications.getJob(about)) !== undefined, 60_000);
    expect(performance.now() - takenAfter).toBeGreaterThanOrEqual(5_000);
    beckon.arm();
    await until(async () => (await actorsOf('waits')) === WORKERS + 2, 60_000);
    await beckon.drain(60_000);
  }, 180_000);

  it('keeps what a stopped consumer cannot take in PostgreSQL, and delays nobody else', async () => {
    // Due never: the sweeper would send it again as thousands of jobs.
    const putOffDispatched = async (consumer: string) =>
      (
        await beckon.database.query(
          `UPDATE "user".delivery SET due_at = 'infinity' WHERE consumer = $1 AND epoch IS NOT NULL RETURNING 1`,
          [consumer],
        )
      ).length;
    // Each worker puts back for later what it takes, so that nothing but the limit ends the dispatching.
    beckon.arm({ at: 'ledger', does: 'outage', about: '"followeeId"' });
    // 6,000 follows of 80 people among each other, each an event for the consumers `user` and `notification`.
    const pairs = ACTORS.slice(0, 80).flatMap((follower) =>
      ACTORS.slice(0, 80)
        .filter((followee) => followee !== follower)
        .map((followee) => ({ follower, followee })),
    );
    const service = await beckon.asService();
    for (let start = 0; start < 6_000; start += 1_000) {
      const follows = pairs.slice(start, start + 1_000);
      expect((await service.post('/v1/batch/follows', { follows, notify: true })).status).toBe(200);
    }
    for (const consumer of ['user', 'notification'])
      await until(async () => (await putOffDispatched(consumer)) >= IN_FLIGHT, 60_000);
    await until(async () => (await activities.getWaitingCount()) === 0, 60_000);
    // That no batch follows has no signal.
    await pause(1_000);
    const releases = [
      await holdTable(beckon.database, '"user".ledger'),
      await holdTable(beckon.database, 'analytics.ledger'),
    ];
    try {
      expect(await putOffDispatched('user')).toBe(IN_FLIGHT);
      beckon.arm();
      await until(async () => (await untold()) === 0, 180_000);
      await (await personOf('p7')).react('posts/beside');
      await until(async () => (await actorsOf('beside')) === 1, 60_000);

      expect(await putOffDispatched('user')).toBe(IN_FLIGHT);
      const jobs = await activities.getJobs(['waiting', 'active', 'delayed']);
      const events = jobs.flatMap(({ data }) => data.events as { id: string; source: string }[]);
      const inRedis = new Set(events.filter(({ source }) => source === '/beckon/user').map(({ id }) => id));
      expect(inRedis.size).toBeGreaterThan(0);
      expect(inRedis.size).toBeLessThanOrEqual(IN_FLIGHT);
    } finally {
      for (const release of releases) await release();
    }
    await beckon.drain(90_000);
  }, 360_000);
});
