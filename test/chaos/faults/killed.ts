import type { FaultDefinition } from '../fault.js';

/** What a killed worker had in hand is drained within this of the last kill. */
export const DRAINED_MS = 20_000;

export const killed: FaultDefinition = {
  name: 'killed',
  title: 'SIGKILL of the one process, again and again under load',
  needs: 'together',
  async run(chaos) {
    const load = await chaos.begin();
    const times = chaos.scaled(50, 2);
    let killedAt = 0;
    for (let kill = 1; kill <= times; kill++) {
      chaos.phase = `kill ${kill} of ${times}`;
      await load.progress(100 + Math.floor(chaos.random.next() * 300));
      await chaos.beckon.end('SIGKILL');
      killedAt = performance.now();
      await chaos.beckon.run();
    }
    await chaos.settle();
    chaos.recovered(performance.now() - killedAt);
    chaos.promise('drained after the last kill within', performance.now() - killedAt, DRAINED_MS);
  },
};
