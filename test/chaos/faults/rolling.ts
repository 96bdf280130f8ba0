import { services } from '#config/config.js';

import type { FaultDefinition } from '../fault.js';

const EXIT_MS = 10_000;
/** The request and one retry of it. */
const ATTEMPTS = 2;

/** A deployment: of each app a new process comes, callers are led to it, and the old one is told to end. */
export const rolling: FaultDefinition = {
  name: 'rolling',
  title: 'SIGTERM of each app in turn after its successor has started, under load, apps apart',
  needs: 'apart',
  async run(chaos) {
    const { beckon } = chaos;
    const load = await chaos.begin({ perSecond: 40, connections: 20 });
    const rounds = chaos.scaled(10, 1);
    let slowest = 0;
    for (let round = 1; round <= rounds; round++) {
      for (const service of services) {
        chaos.phase = `round ${round} of ${rounds}: ${service}`;
        await load.progress(30);
        const old = beckon.processOf(service);
        await beckon.runApp(service);
        const toldAt = performance.now();
        const code = await old.end('SIGTERM');
        slowest = Math.max(slowest, performance.now() - toldAt);
        chaos.expect(code === 0, `${service} ended with ${code}`);
      }
    }
    await load.progress(60);
    chaos.promise('slowest exit', slowest, EXIT_MS);
    chaos.note(`${load.refused} refused, ${load.unknown} unanswered, at most ${load.mostAttempts} attempts`);
    chaos.expect(load.mostAttempts <= ATTEMPTS, `a request needed ${load.mostAttempts} attempts`);
    await chaos.settle();
  },
};
