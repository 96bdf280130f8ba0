import type { Beckon } from '#testkit/beckon.js';
import { HandDelivery } from '#testkit/hand-delivery.js';
import { insist } from '#testkit/insist.js';
import { until } from '#testkit/until.js';

import type { FaultDefinition } from '../fault.js';

/** In what the notification consumer has prepared, and no other. */
const OF_NOTIFICATION = '"audience"';
/** A job of a dead process is taken over within lock and scan, 15 s; its delivery is asked after before that. */
const TAKEN_OVER_MS = 60_000;

/** The process dies when its consumer has committed and Redis does not know yet; the job comes again. */
export const notAcknowledged: FaultDefinition = {
  name: 'not-acknowledged',
  title: 'SIGKILL between the commit of an effect and the acknowledgement of its job',
  needs: 'together',
  servers: { redis: true, faultPoints: [] },
  async run(chaos) {
    const { beckon } = chaos;
    const { truth, people } = await chaos.makeNetwork({ stars: 0 });
    const jobs = HandDelivery.open(beckon);
    const rounds = chaos.scaled(20, 1);
    try {
      for (let round = 0; round < rounds; round++) {
        chaos.phase = `crash ${round + 1} of ${rounds}`;
        const actor = people[round % people.length] ?? '';
        beckon.arm({ at: 'commit', does: 'kill', about: OF_NOTIFICATION, times: 1 });
        const api = await beckon.as(actor);
        const reaction = await insist(() => api.post('/v1/posts/post0/reactions', { type: 'like' }));
        truth.reacted('post0', actor, String(reaction.id), 'like');
        await until(() => !beckon.isRunning);
        const before = await contents(beckon);
        await beckon.run();
        await until(async () => (await jobs.open()) === 0, TAKEN_OVER_MS);
        await beckon.drain();
        chaos.expect(before.includes(String(reaction.id)), `round ${round}: it died before the commit`);
        chaos.expect((await contents(beckon)) === before, `round ${round}: the second run changed rows`);
      }
    } finally {
      await jobs.close();
    }
  },
};

/** The whole of the inboxes, as text. */
async function contents(beckon: Beckon): Promise<string> {
  const [row] = await beckon.database.query<{ text: string }>(`
    SELECT concat(
      (SELECT string_agg(m::text, '|' ORDER BY recipient_id, act_id) FROM notification.member m),
      (SELECT string_agg(g::text, '|' ORDER BY recipient_id, id) FROM notification.inbox_group g),
      (SELECT string_agg(s::text, '|' ORDER BY recipient_id) FROM notification.inbox_state s)) AS text`);
  return row?.text ?? '';
}
