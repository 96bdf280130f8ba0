import { catalogue } from '#contracts/catalogue.js';
import { eventQueues } from '#contracts/queues.js';
import { HandDelivery } from '#testkit/hand-delivery.js';
import { eventOf } from '#testkit/hand-made-event.js';
import { insist } from '#testkit/insist.js';
import { deadLetters } from '#testkit/inbox-reading.js';

import type { FaultDefinition } from '../fault.js';

/** A follow is counted by none that a recount knows of. */
const FOLLOW = 'user.followed.v1';
const FOLLOW_QUEUES = catalogue[FOLLOW].map((consumer) => eventQueues[consumer].name);
const SUPERVISE_MS = 100;
/** Five attempts, each taken over from a dead process after up to 15 s, and back-off between them. */
const GIVEN_UP_MS = 300_000;

/** Events that throw, that kill their process, and that nobody can read; each a dead letter, and nothing else is. */
export const poison: FaultDefinition = {
  name: 'poison',
  title: 'events that throw, that kill their process, and that have a wrong schema, under load',
  needs: 'together',
  servers: {
    faultPoints: [
      { at: 'effect', does: 'throw', about: '"thrower"' },
      { at: 'effect', does: 'kill', about: '"killer"' },
    ],
  },
  async run(chaos) {
    const { beckon } = chaos;
    const load = await chaos.begin({ perSecond: 20, connections: 12 });
    await beckon.people('thrower', 'killer');
    const supervisor = supervise(chaos.beckon);
    const jobs = HandDelivery.open(beckon);
    const each = chaos.scaled(10, 1);
    for (let one = 0; one < each; one++) {
      for (const poisonous of ['thrower', 'killer']) {
        const api = await beckon.as(poisonous);
        await insist(() => api.put(`/v1/me/following/p${one}`));
        chaos.poisoned.push(...FOLLOW_QUEUES.map((queue) => `${queue} ${FOLLOW} ${poisonous}:p${one}`));
      }
      await jobs.put({ events: [{ ...eventOf(FOLLOW, {} as never), subject: `wrong ${one}` }] });
      chaos.poisoned.push(`${eventQueues.notification.name} ${FOLLOW} wrong ${one}`);
    }
    await jobs.close();
    chaos.phase = 'attempts';
    const [askedAt, until] = [performance.now(), Date.now() + GIVEN_UP_MS];
    while ((await deadLetters(beckon)).length < chaos.poisoned.length && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 500));
    chaos.note(`all given up after ${Math.round((performance.now() - askedAt) / 1_000)} s`);
    await load.progress(20);
    await chaos.settle();
    chaos.note(`the process died ${await supervisor.stop()} times`);
  },
};

/** Starts the process again whenever it ends, as an operating system would. */
function supervise(beckon: { readonly isRunning: boolean; run(): Promise<void> }) {
  let [deaths, stopping] = [0, false];
  const watch = async () => {
    while (!stopping) {
      if (!beckon.isRunning) {
        deaths++;
        // Killed again while it starts: the next round starts it anew.
        await beckon.run().catch(() => undefined);
      }
      await new Promise((resolve) => setTimeout(resolve, SUPERVISE_MS));
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      stopping = true;
      await watching;
      return deaths;
    },
  };
}
