import { services } from '#config/config.js';

import type { FaultDefinition } from '../fault.js';
import { DRAINED_MS } from './killed.js';

export const killedApart: FaultDefinition = {
  name: 'killed-apart',
  title: 'SIGKILL of each app in turn under load, apps apart',
  needs: 'apart',
  async run(chaos) {
    const load = await chaos.begin({ connections: 8 });
    const rounds = chaos.scaled(10, 1);
    let killedAt = 0;
    for (let round = 1; round <= rounds; round++) {
      for (const service of services) {
        chaos.phase = `round ${round} of ${rounds}: ${service}`;
        await load.progress(40 + Math.floor(chaos.random.next() * 80));
        await chaos.beckon.processOf(service).end('SIGKILL');
        killedAt = performance.now();
        await chaos.beckon.runApp(service);
      }
    }
    await chaos.settle();
    chaos.recovered(performance.now() - killedAt);
    chaos.promise('drained after the last kill within', performance.now() - killedAt, DRAINED_MS);
  },
};
