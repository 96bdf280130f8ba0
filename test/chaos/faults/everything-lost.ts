import type { FaultDefinition } from '../fault.js';

const FLUSHES = 20;
const KILLS = 10;
/** Slower than this and it stands still. */
const DRAINED_PER_SECOND = 100;

/** The long run: Redis emptied and the process killed, again and again, while 200,000 events are acknowledged. */
export const everythingLost: FaultDefinition = {
  name: 'everything-lost',
  title: `${FLUSHES} times FLUSHALL and ${KILLS} times SIGKILL in one long run`,
  needs: 'together',
  servers: { redis: true },
  async run(chaos) {
    const load = await chaos.begin({
      size: { people: 160, listeners: 4_000, posts: 60, authors: 12, stars: 4, followers: 100 },
      mix: { react: 50, unreact: 8, comment: 8, follow: 6, unfollow: 4, publish: 0.1, followMany: 30 },
      connections: 8,
    });
    const blows = [...Array(FLUSHES).fill('flush'), ...Array(KILLS).fill('kill')] as ('flush' | 'kill')[];
    const events = chaos.scaled(200_000, 1_500);
    const order = blows.map((blow) => ({ blow, at: chaos.random.next() })).sort((a, b) => a.at - b.at);
    const startedAt = performance.now();
    for (const [index, { blow, at }] of order.entries()) {
      chaos.phase = `${blow} ${index + 1} of ${blows.length}`;
      await chaos.reach(events * at);
      if (blow === 'flush') await chaos.redis.admin.flushall();
      else {
        await chaos.beckon.end('SIGKILL');
        await chaos.beckon.run();
      }
    }
    chaos.phase = 'after the last blow';
    await chaos.reach(events);
    await load.stop();
    chaos.note(`all acknowledged after ${Math.round((performance.now() - startedAt) / 1_000)} s`);
    // What was lost from Redis comes again one by one, however much it is.
    chaos.recovered(await chaos.settle(60_000 + (events / DRAINED_PER_SECOND) * 1_000));
  },
};
