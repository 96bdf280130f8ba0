import { until } from '#testkit/until.js';

import type { FaultDefinition } from '../fault.js';

const STEPS = ['claim', 'add', 'stamp'] as const;

/** Before the add, between add and mark, and after the mark; each at some batch of a busy relay. */
export const relayKilled: FaultDefinition = {
  name: 'relay-killed',
  title: 'SIGKILL of the relay before the add, between add and mark, and after the mark, under load',
  needs: 'together',
  servers: { faultPoints: [] },
  async run(chaos) {
    const { beckon } = chaos;
    const load = await chaos.begin();
    const rounds = chaos.scaled(20, 1);
    for (let round = 1; round <= rounds; round++) {
      for (const at of STEPS) {
        chaos.phase = `round ${round} of ${rounds}: ${at}`;
        await load.progress(50);
        beckon.arm({ at, does: 'kill', after: Math.floor(chaos.random.next() * 10), times: 1 });
        await until(() => !beckon.isRunning, 30_000);
        await beckon.run();
      }
    }
    chaos.recovered(await chaos.settle());
  },
};
