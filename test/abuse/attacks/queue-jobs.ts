import { Queue } from 'bullmq';
import fc from 'fast-check';
import { Redis } from 'ioredis';

import { eventQueues } from '#contracts/queues.js';
import { eventOf, reactionData } from '#testkit/hand-made-event.js';
import { insist } from '#testkit/insist.js';
import { until } from '#testkit/until.js';

import type { Assault, Attack } from '../attack.js';

const EMPTIED_MS = 30_000;
/** Of the torn jobs those whose record BullMQ itself can't read: it gives them to a worker again whenever they stall. */
const UNREADABLE = 2;
const NEIGHBOUR_MS = 30_000;
const OPTIONS = { removeOnComplete: true, removeOnFail: true };

/** An event as producers send it, to spoil. */
const event = () =>
  eventOf(
    'reaction.added.v1',
    reactionData({ subjectId: 'm-post', subjectAuthorId: 'mallory', postId: 'm-post', actorId: 'cy' }),
  );

const hostile = fc.oneof(
  fc.anything({ withNullPrototype: false, maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    '',
    '\0',
    'a\0b',
    '\ud800',
    -1,
    2 ** 53,
    1e308,
    {},
    [],
    { $ne: null },
    'x'.repeat(100_000),
  ),
);

/** Spoils an event: one field, or one of its data, is something else, or gone. */
const spoilt = fc.tuple(fc.boolean(), fc.nat(), hostile, fc.boolean()).map(([inside, place, value, gone]) => {
  const whole: Record<string, unknown> = { ...event() };
  const part = inside ? (whole['data'] as Record<string, unknown>) : whole;
  const names = Object.keys(part);
  const name = names[place % names.length] ?? 'id';
  if (gone) delete part[name];
  else part[name] = value;
  return whole as unknown;
});
const payload = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(spoilt, { minLength: 1, maxLength: 5 }).map((events): unknown => ({ events })),
  },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: hostile.map((events): unknown => ({ events })) },
);

/** Jobs that no producer made, straight into Redis: each is dead or ignored, and true events go on arriving. */
export const queueJobs: Attack = {
  name: 'queue-jobs',
  title: 'job payloads put into Redis by hand, every queue; jobs torn in Redis',
  async run(assault) {
    const { target, findings, seed } = assault;
    const { beckon } = target;
    const redis = new Redis(beckon.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
    const queues = Object.values(eventQueues).map(({ name }) => ({
      name,
      queue: new Queue(name, { connection: redis, prefix: `{${beckon.env['REDIS_PREFIX']}:${name}}` }),
    }));
    const count = assault.scaled(2_000, 25);
    try {
      for (const [index, { queue }] of queues.entries()) {
        const jobs = fc.sample(payload, { seed: seed + index, numRuns: count });
        for (const data of jobs) {
          findings.attempts++;
          const text = asJson(data);
          if (text !== undefined) await queue.add('events', JSON.parse(text), OPTIONS);
        }
        await tear(redis, queue);
      }
      await neighboursArrive(assault);
      for (const { name, queue } of queues) {
        const left = () => queue.getJobCountByTypes('waiting', 'active', 'prioritized');
        const emptied = async () => (await left()) <= UNREADABLE;
        await until(emptied, EMPTIED_MS).catch(() => undefined);
        findings.expect(await emptied(), () => `${name} is not worked off`);
      }
    } finally {
      for (const { queue } of queues) await queue.close();
      redis.disconnect();
    }
    const [dead] = await beckon.database.query<{ count: number }>(
      `SELECT ((SELECT count(*) FROM notification.dead_letter) + (SELECT count(*) FROM analytics.dead_letter)
        + (SELECT count(*) FROM "user".dead_letter))::int AS count`,
    );
    findings.note(`${findings.attempts} payloads, ${dead?.count} dead letters by now`);
    findings.expect((dead?.count ?? 0) > 0, () => 'nothing of it became a dead letter');
    findings.expect(await target.victim.isUntouched(), () => 'what belongs to the victim was changed');
  },
};

/** What JSON makes of a value; undefined when it makes nothing. */
function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
  } catch {
    return undefined;
  }
}

/** Jobs as a Redis leaves them that lost or changed some of its keys while nobody looked. */
async function tear(redis: Redis, queue: Queue): Promise<void> {
  await queue.pause();
  const jobs = await queue.addBulk(
    Array.from({ length: 5 }, () => ({ name: 'events', data: { events: [event()] }, opts: OPTIONS })),
  );
  const [text, none, opts, stamp, lost] = jobs.map(({ id }) => queue.toKey(id ?? '')) as [
    string,
    string,
    string,
    string,
    string,
  ];
  await redis.hset(text, 'data', '{"events":[');
  await redis.hdel(none, 'data');
  await redis.hset(opts, 'opts', 'no options');
  await redis.hset(stamp, 'timestamp', 'long ago', 'atm', 'many', 'ats', '-1');
  await redis.del(lost);
  await queue.resume();
}

async function neighboursArrive({ target, findings }: Assault): Promise<void> {
  const { beckon } = target;
  const { author, fan } = await target.strangers('author', 'fan');
  const [writer, reactor] = [await beckon.as(author), await beckon.as(fan)];
  const post = await insist(() => writer.post('/v1/posts', { body: 'In between' }));
  const stream = await beckon.stream(author);
  await insist(() => reactor.post(`/v1/posts/${post.id}/reactions`, { type: 'like' }));
  const heard = await stream
    .waitFor(({ event: name, data }) => name === 'group' && data.group.subject.id === post.id, NEIGHBOUR_MS)
    .catch(() => undefined);
  await stream.close();
  findings.expect(heard !== undefined, () => 'a true event did not arrive among them');
  const settled = await beckon.drain(NEIGHBOUR_MS).then(
    () => true,
    () => false,
  );
  findings.expect(settled, () => 'true events are not settled');
}
