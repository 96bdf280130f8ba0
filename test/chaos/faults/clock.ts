import { fakeClock } from '#testkit/fake-clock.js';

import type { FaultDefinition } from '../fault.js';
import { Timely } from '../timely.js';

const MINUTES = 5;

/** Clocks of two apps that differ by ten minutes, and from PostgreSQL's by five: order, windows and cursors hold. */
export const clock: FaultDefinition = {
  name: 'clock',
  title: `clocks ${MINUTES} minutes fast and slow under load, apps apart`,
  needs: 'apart',
  async run(chaos) {
    const { beckon } = chaos;
    const clocks = await fakeClock();
    if (typeof clocks === 'string') return chaos.expect(false, `not tried: ${clocks}`);
    const load = await chaos.begin({ connections: 8 });
    const timely = await Timely.begin(chaos);
    for (const [fast, slow] of [
      ['reaction', 'notification'],
      ['notification', 'reaction'],
      ['comment', 'user'],
    ] as const) {
      chaos.phase = `${fast} fast, ${slow} slow`;
      await beckon.replace(fast, clocks(MINUTES));
      await beckon.replace(slow, clocks(-MINUTES));
      const ahead = await clockOf(beckon.urlOf('/v1/notifications'));
      chaos.note(`${fast} fast, ${slow} slow: the notification service's clock is ${ahead} s ahead`);
      await timely.look(`${fast}-fast`);
      await load.progress(chaos.scaled(5_000, 100));
    }
    await chaos.settle();
  },
};

/** How far a process's clock is ahead, in seconds, by the Date of its answers. */
async function clockOf(url: string): Promise<number> {
  const { headers } = await fetch(`${url}/health/live`);
  return Math.round((Date.parse(headers.get('date') ?? '') - Date.now()) / 1_000);
}
