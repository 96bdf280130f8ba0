import type { FaultDefinition } from '../fault.js';

/** Redis loses everything, again and again, at moments that nobody chose. */
export const redisFlushed: FaultDefinition = {
  name: 'redis-flushed',
  title: 'FLUSHALL again and again under load',
  needs: 'together',
  servers: { redis: true },
  async run(chaos) {
    const load = await chaos.begin();
    const times = chaos.scaled(200, 3);
    for (let flushed = 1; flushed <= times; flushed++) {
      chaos.phase = `flush ${flushed} of ${times}`;
      await load.progress(50 + Math.floor(chaos.random.next() * 150));
      await chaos.redis.admin.flushall();
    }
    chaos.recovered(await chaos.settle());
    chaos.expectAllAccepted();
  },
};
