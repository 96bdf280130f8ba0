import { Queue } from 'bullmq';

import { eventQueues } from '#contracts/queues.js';
import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { fromTestRun } from '#testkit/environment.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { insist } from '#testkit/insist.js';
import { inboxDifferences } from '#testkit/recount.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { until } from '#testkit/until.js';

const PEOPLE = Array.from({ length: 20 }, (_, index) => `p${index}`);
const { envelopeSize: ENVELOPE } = eventQueues.notification;
/** Follows go to two consumers, in three envelopes each. */
const ENVELOPES = 3;
const CONSUMERS = ['notification', 'user'] as const;
/** More than a full envelope of follows takes, and less than two. */
const ENVELOPE_BYTES = 60_000;

describe('a relay that is killed within an add', () => {
  it('when Redis has part of a batch, has another carry each event once', async () => {
    const { hostname: host, port } = new URL(fromTestRun('TEST_REDIS_URL'));
    const proxy = await TcpProxy.start(await freePort(), { host, port: Number(port) });
    const beckon = await Beckon.start({ redisUrl: `redis://127.0.0.1:${proxy.port}` });
    const jobsOf = async (name: string) => {
      const prefix = `{${beckon.env['REDIS_PREFIX']}:${name}}`;
      const queue = new Queue(name, { connection: { host, port: Number(port) }, prefix });
      const jobs = await queue.getJobs(['waiting', 'active']);
      await queue.close();
      return jobs.length;
    };
    try {
      await beckon.people(...PEOPLE);
      const follows = PEOPLE.flatMap((follower) =>
        PEOPLE.filter((followee) => followee !== follower).map((followee) => ({ follower, followee })),
      ).slice(0, ENVELOPES * ENVELOPE);
      const service = await beckon.asService();
      proxy.freezeAfter(ENVELOPE_BYTES);
      await insist(() => service.post('/v1/batch/follows', { follows, notify: true }));
      await until(() => proxy.isFrozen, 60_000);
      await beckon.end('SIGKILL');
      const added = await Promise.all(CONSUMERS.map((consumer) => jobsOf(eventQueues[consumer].name)));
      const jobs = added.reduce((sum, count) => sum + count, 0);
      expect(jobs).toBeGreaterThan(0);
      expect(jobs).toBeLessThan(ENVELOPES * CONSUMERS.length);

      await proxy.restore();
      // A claim holds for ten seconds; this ends it.
      await beckon.database.query('UPDATE "user".delivery SET due_at = now()');
      await beckon.run();
      await beckon.drain(60_000);
      const told = await beckon.database.query(
        `SELECT (SELECT count(*) FROM notification.member WHERE active)::int AS members,
           (SELECT count(*) FROM "user".activity)::int AS activities`,
      );
      expect(told).toEqual([{ members: follows.length, activities: follows.length }]);
      expect(await deadLetters(beckon)).toEqual([]);
      expect(await inboxDifferences(beckon.database)).toEqual([]);
    } finally {
      await proxy.restore();
      await beckon.stop();
      await proxy.stop();
    }
  }, 240_000);
});
