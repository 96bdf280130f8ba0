import { eventQueues } from '#contracts/queues.js';
import { Beckon } from '#testkit/beckon.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { metricOf } from '#testkit/metric.js';
import { openQueue } from '#testkit/open-queue.js';
import { OwnRedis } from '#testkit/own-redis.js';
import { Person } from '#testkit/person.js';
import { publish } from '#testkit/publish.js';
import { until } from '#testkit/until.js';

const FOLLOWERS = 120;
const ids = Array.from({ length: FOLLOWERS }, (_, index) => `f${String(index).padStart(3, '0')}`);
const BACKLOG_MS = 100;
/** Each is a round trip to PostgreSQL at least: the last of them waits longer than the second after which posts ask again. */
const FLOOD_JOBS = 6_000;
const { concurrency: WORKERS } = eventQueues.notification;

describe('posts on their way to followers', () => {
  let redis: OwnRedis;
  let beckon: Beckon;
  let star: Person;
  let fan: Person;

  beforeAll(async () => {
    redis = await OwnRedis.start();
    beckon = await Beckon.start({
      redisUrl: redis.url,
      faults: [],
      env: { FAN_OUT_BACKLOG_MS: String(BACKLOG_MS) },
    });
    await beckon.people('star', ...ids);
    const follows = ids.map((follower) => ({ follower, followee: 'star' }));
    await (await beckon.asService()).post('/v1/batch/follows', { follows });
    star = new Person('star', 'star', await beckon.as('star'));
    fan = new Person('fan', ids[0]!, await beckon.as(ids[0]!));
  });
  afterAll(async () => {
    await beckon?.stop();
    await redis?.stop();
  });

  const toldOf = async (postId: string) =>
    (
      await beckon.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM notification.member WHERE act_id = 'post:' || $1 AND active AND hidden = 0`,
        [postId],
      )
    )[0]?.n;

  const held = () => metricOf(beckon, 'beckon_fan_out_held');

  /** Keeps jobs waiting for longer than the limit, by delivering what is settled long since again and again. */
  function flood(envelope: unknown): { stop: () => Promise<void> } {
    const queue = openQueue(beckon, 'notification');
    const jobs = Array.from({ length: FLOOD_JOBS / 10 }, () => ({
      name: 'events',
      data: envelope,
      opts: { removeOnComplete: true, removeOnFail: true },
    }));
    let going = true;
    const done = (async () => {
      while (going) {
        if ((await queue.getWaitingCount()) < FLOOD_JOBS) await queue.addBulk(jobs);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await queue.close();
    })();
    return {
      stop: () => {
        going = false;
        return done;
      },
    };
  }

  it('wait while a backlog waits for the consumer; mentions, replies and reactions do not; then they go on', async () => {
    await publish(beckon, 'star', ['before']);
    const comment = await star.comment('before');
    await beckon.drain();
    const [settled] = await beckon.database.query<{ payload: object }>(
      `SELECT payload FROM post.outbox WHERE payload->'data'->>'postId' = 'before'`,
    );
    const { stop } = flood({ events: [settled?.payload] });
    try {
      await until(async () => (await held()) === 1);
      const mentioned = ids.at(-1)!;
      await publish(beckon, 'star', ['behind'], `For @${mentioned}`);
      await fan.react('posts/behind');
      const last = new Person('last', mentioned, await beckon.as(mentioned));
      await last.comment('before', 'A reply', comment);
      await until(async () => (await last.inbox()).some(({ type }) => type === 'mention'), 40_000);
      await until(async () => (await star.inbox()).some(({ subject }) => subject.id === 'behind'), 40_000);
      await until(async () => (await star.inbox()).some(({ type }) => type === 'reply'), 40_000);
      // The first 50, who are told with the event itself, and who is mentioned.
      expect(await toldOf('behind')).toBe(51);
      expect(await held()).toBe(1);
    } finally {
      await stop();
    }
    await beckon.drain(60_000);
    expect(await toldOf('behind')).toBe(FOLLOWERS);
    await until(async () => (await held()) === 0);
    expect(await deadLetters(beckon)).toEqual([]);
  }, 120_000);

  it('wait while a single reaction waits for too long', async () => {
    await publish(beckon, 'star', ['slow']);
    await beckon.drain();
    beckon.arm(
      { at: 'chunk', does: 'outage', about: '"postId":"held"' },
      { at: 'ledger', does: 'hold', about: '"postId":"slow"' },
    );
    await publish(beckon, 'star', ['held']);
    await until(async () => (await toldOf('held')) === 50);
    expect(await held()).toBe(0);
    // The post is held by the outage in any case; the gauge tells what else would hold it.
    const queue = openQueue(beckon, 'notification');
    for (const [busy, id] of ids.slice(0, WORKERS).entries()) {
      await new Person(id, id, await beckon.as(id)).react('posts/slow');
      await until(async () => (await queue.getActiveCount()) > busy);
    }
    await queue.close();
    await new Person('last', ids[WORKERS]!, await beckon.as(ids[WORKERS]!)).react('posts/slow');
    await until(async () => (await held()) === 1);
    beckon.arm();
    await until(async () => (await toldOf('held')) === FOLLOWERS, 30_000);
    await beckon.drain(60_000);
    await until(async () => (await held()) === 0);
  }, 120_000);

  it('do not wait for a Redis that is away: what is left to tell is in PostgreSQL', async () => {
    beckon.arm({ at: 'chunk', does: 'outage', about: '"postId":"away"' });
    await publish(beckon, 'star', ['away']);
    await until(async () => (await toldOf('away')) === 50);
    redis.signal('SIGKILL');
    beckon.arm();
    await until(async () => (await toldOf('away')) === FOLLOWERS, 30_000);
    await redis.run();
    await beckon.drain(60_000);
    expect(await toldOf('away')).toBe(FOLLOWERS);
  }, 120_000);

  it('wait a minute for each chunk at the longest, however long the backlog', async () => {
    beckon.arm({ at: 'chunk', does: 'outage', about: '"postId":"patient"' });
    await publish(beckon, 'star', ['patient']);
    await until(async () => (await toldOf('patient')) === 50);
    const [settled] = await beckon.database.query<{ payload: object }>(
      `SELECT payload FROM post.outbox WHERE payload->'data'->>'postId' = 'before'`,
    );
    const { stop } = flood({ events: [settled?.payload] });
    try {
      await until(async () => (await held()) === 1);
      beckon.arm();
      await beckon.database.query(
        `UPDATE notification.fan_out SET updated_at = now() - interval '61 s' WHERE done_at IS NULL`,
      );
      await until(async () => (await toldOf('patient')) === FOLLOWERS, 20_000);
    } finally {
      await stop();
    }
    await beckon.drain(60_000);
  }, 120_000);
});
