import type { Operation } from '#testkit/load.js';

import type { FaultDefinition } from '../fault.js';
import { MemoryWatch } from '../memory.js';

const RSS_MB = 512;
/** 5,000 events in flight for each of 2 consumers, of some hundred bytes each and what BullMQ adds. */
const REDIS_MB = 64;
const BATCH = 1_000;
/** Slower than this and it stands still. */
const EVENTS_PER_SECOND = 50;

/** Far more events at once than can be consumed; they wait in PostgreSQL and not in Redis. */
export const surge: FaultDefinition = {
  name: 'surge',
  title: 'a surge of 1,000,000 events',
  needs: 'together',
  servers: { redis: true },
  async run(chaos) {
    const events = chaos.scaled(1_000_000, 3_000);
    const size = Math.ceil(Math.sqrt(events)) + 1;
    const { people, truth } = await chaos.makeNetwork({ people: size, stars: 0 });
    const memory = new MemoryWatch(() => chaos.beckon.pid, chaos.redis);
    chaos.phase = 'surging';
    let made = 0;
    const next = (): Operation | undefined => {
      if (made >= events) return undefined;
      const pairs = Array.from({ length: Math.min(BATCH, events - made) }, () => pairOf(people, made++));
      const follows = pairs.map(([follower, followee]) => ({ follower, followee }));
      const done = () => {
        for (const [follower, followee] of pairs) truth.followed(follower, followee);
      };
      const body = { follows, notify: true };
      return { actor: 'network', service: true, method: 'POST', path: '/v1/batch/follows', body, done };
    };
    const startedAt = performance.now();
    const load = chaos.act([next]);
    await load.finished;
    const acceptedAt = performance.now();
    await chaos.settle(60_000 + (events / EVENTS_PER_SECOND) * 1_000);
    memory.stop();
    const perSecond = (ms: number) => Math.round((events * 1_000) / ms);
    chaos.note(`accepted at ${perSecond(acceptedAt - startedAt)} events/s`);
    chaos.note(`all done at ${perSecond(performance.now() - startedAt)} events/s`);
    chaos.note(`RSS at most ${memory.rssMb} MB, Redis at most ${memory.redisMb} MB`);
    chaos.expect(memory.rssMb <= RSS_MB, `RSS grew to ${memory.rssMb} MB, promised ${RSS_MB}`);
    chaos.expect(memory.redisMb <= REDIS_MB, `Redis grew to ${memory.redisMb} MB, promised ${REDIS_MB}`);
  },
};

/** Pairs of different people, none twice before all were there. */
function pairOf(people: readonly string[], number: number): [follower: string, followee: string] {
  const [turn, at] = [1 + Math.floor(number / people.length), number % people.length];
  return [people[at] ?? '', people[(at + turn) % people.length] ?? ''];
}
