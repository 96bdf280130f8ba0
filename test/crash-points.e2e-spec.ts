import { Random } from '#testkit/random.js';

import { crashPoints } from './chaos/faults/crash-points.js';
import { runFault } from './chaos/run-fault.js';

/** One kill at each point. */
const ONCE = 9 / 2_000;

describe('a process that is killed', () => {
  const { seed } = Random.seeded('crash points');

  it('after any step on the way from outbox to inbox loses nothing, doubles nothing, and makes nothing up', async () => {
    const { findings, missing, doubled, phantom, events } = await runFault(crashPoints, {
      seed,
      scale: ONCE,
    });
    expect({ findings, missing, doubled, phantom }).toEqual({
      findings: [],
      missing: 0,
      doubled: 0,
      phantom: 0,
    });
    expect(events).toBeGreaterThan(0);
  }, 240_000);
});
