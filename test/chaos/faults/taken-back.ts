import { uuidv7 } from 'uuidv7';

import { HandDelivery } from '#testkit/hand-delivery.js';
import { eventOf, type HandMadeEvent, reactionData } from '#testkit/hand-made-event.js';
import { insist } from '#testkit/insist.js';
import type { Random } from '#testkit/random.js';

import type { FaultDefinition } from '../fault.js';

const TIMES = 100;

/** Versions decide and not arrival: removals that come before what they remove, and people who can't decide. */
export const takenBack: FaultDefinition = {
  name: 'taken-back',
  title: `un-reactions that arrive before their reactions, repeated and shuffled; react and un-react ${TIMES} times`,
  needs: 'together',
  async run(chaos) {
    const { beckon } = chaos;
    const { truth, people } = await chaos.makeNetwork({ stars: 0 });
    await chaos.watch(['author0']);
    const jobs = HandDelivery.open(beckon);
    chaos.phase = 'by hand, in any order';
    for (let turn = 0; turn < chaos.scaled(500, 8); turn++) {
      const actor = people[turn % people.length] ?? '';
      const subject = `by-hand${Math.floor(turn / people.length)}`;
      const reactionId = uuidv7();
      // An even number of changes ends with the removal, an odd one with the reaction.
      const changes = 2 + (turn % 3);
      const history = Array.from({ length: changes }, (_, index) =>
        change(reactionId, subject, actor, index + 1),
      );
      await jobs.deliver(...history.reverse().map((event) => [event]));
      await jobs.deliver(...shuffled([...history, ...history], chaos.random).map((event) => [event]));
      truth.knowPost(subject, 'author0');
      if (changes % 2 === 1) truth.reacted(subject, actor, reactionId, 'like');
      else truth.unreacted(subject, actor);
    }
    await jobs.close();

    chaos.phase = 'react and un-react';
    const [api, post] = [await beckon.as('p0'), 'post0'];
    for (let time = 0; time < TIMES; time++) {
      const { id } = await insist(() => api.post(`/v1/posts/${post}/reactions`, { type: 'wow' }));
      truth.reacted(post, 'p0', String(id), 'wow');
      if (time === TIMES - 1) break;
      await insist(() => api.delete(`/v1/posts/${post}/reactions/mine`));
      truth.unreacted(post, 'p0');
    }
    await chaos.settle();
    const [told] = await beckon.database.query<{ groups: number }>(
      `SELECT count(*)::int AS groups FROM notification.inbox_group WHERE recipient_id = 'author0' AND key = $1`,
      [`reaction:post:${post}`],
    );
    chaos.expect(told?.groups === 1, `${TIMES} changes of mind made ${told?.groups} notifications`);
  },
};

/** Version 1 reacts, 2 takes it back, 3 reacts again, and so on. */
function change(reactionId: string, subjectId: string, actorId: string, version: number): HandMadeEvent {
  const about = { subjectId, subjectAuthorId: 'author0', postId: subjectId };
  const data = reactionData({ ...about, reactionId, actorId, version });
  return version % 2 === 1 ? eventOf('reaction.added.v1', data) : eventOf('reaction.removed.v1', data);
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values
    .map((value) => ({ value, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
