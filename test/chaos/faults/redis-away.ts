import type { Beckon } from '#testkit/beckon.js';

import type { Chaos } from '../chaos.js';
import { untilItConsumes } from '../consuming.js';
import type { FaultDefinition } from '../fault.js';

/** An open loop, as people are: nobody waits for others to be answered before they react. */
const PER_SECOND = 50;
/** What does not come to a halt when three suites share two cores. */
const SHARED_PER_SECOND = 25;
const CONNECTIONS = 40;
const MIX = { react: 80, unreact: 0, comment: 15, follow: 5, unfollow: 0, publish: 0.5, followMany: 0 };
const POST_P99_MS = 150;
/** Workers consume again within this of Redis's return. */
const CONSUMES_MS = 5_000;
const DRAINED_MS = 30_000;

interface Absence {
  readonly name: string;
  readonly title: string;
  readonly fullMs: number;
  readonly leastMs: number;
  begin(chaos: Chaos<Beckon>): Promise<unknown>;
  end(chaos: Chaos<Beckon>): Promise<unknown>;
}

const absences: readonly Absence[] = [
  {
    name: 'redis-killed',
    title: 'Redis killed and restarted empty at 50 POST/s',
    fullMs: 10_000,
    leastMs: 2_000,
    begin: async ({ redis }) => redis.signal('SIGKILL'),
    end: ({ redis }) => redis.runEmpty(),
  },
  {
    name: 'redis-frozen',
    title: 'Redis stopped (SIGSTOP) for 10 s at 50 POST/s',
    fullMs: 10_000,
    leastMs: 6_000,
    begin: async ({ redis }) => redis.signal('SIGSTOP'),
    end: async ({ redis }) => redis.signal('SIGCONT'),
  },
  {
    name: 'redis-down',
    title: 'Redis down for 2 minutes at 50 POST/s',
    fullMs: 120_000,
    leastMs: 5_000,
    begin: async ({ redis }) => redis.signal('SIGKILL'),
    end: ({ redis }) => redis.run(),
  },
  {
    name: 'redis-full',
    title: 'Redis out of memory (noeviction) for 30 s at 50 POST/s',
    fullMs: 30_000,
    leastMs: 4_000,
    begin: ({ redis }) => redis.admin.config('SET', 'maxmemory', '1'),
    end: ({ redis }) => redis.admin.config('SET', 'maxmemory', '0'),
  },
];

/** Writes survive the queue: all is accepted while Redis is away, and done soon after it is back. */
export const redisAway: readonly FaultDefinition[] = absences.map((absence) => ({
  name: absence.name,
  title: absence.title,
  needs: 'together',
  servers: { redis: true },
  async run(chaos) {
    const perSecond = chaos.isShared ? SHARED_PER_SECOND : PER_SECOND;
    const load = await chaos.begin({ perSecond, connections: CONNECTIONS, mix: MIX });
    chaos.phase = 'Redis is away';
    await load.progress(perSecond);
    const before = load.acknowledged;
    await absence.begin(chaos);
    const ms = chaos.scaled(absence.fullMs, absence.leastMs);
    await new Promise((resolve) => setTimeout(resolve, ms));
    chaos.note(`${load.acknowledged - before} accepted in ${Math.round(ms / 1_000)} s without Redis`);
    const ended = load.stop();
    await absence.end(chaos);
    const backAt = performance.now();
    chaos.phase = 'Redis is back';
    const consumedMs = await untilItConsumes(chaos.beckon);
    chaos.recovered(consumedMs);
    chaos.promise('consumed again after', consumedMs, CONSUMES_MS);
    await ended;
    await chaos.settle();
    chaos.promise('drained after its return within', performance.now() - backAt, DRAINED_MS);
    chaos.expectAllAccepted();
    chaos.promiseLatency(POST_P99_MS);
  },
}));
