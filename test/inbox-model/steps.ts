import fc from 'fast-check';

import type { Mishap } from './host.js';
import type { Mark } from './inbox.js';
import type { Level } from './network.js';

/** Somebody, or one of what there is: an index, taken modulo how many there are. */
export type Index = number;

/** What may happen; what there is nothing for does not. */
export type Step = Producing | Relating | Marking | Delivery | { do: 'a day passes' };

/** What others may be told of. */
export type Producing =
  | { do: 'post'; by: Index; mentions: Index[] }
  | { do: 'remove post'; post: Index }
  | { do: 'comment'; by: Index; post: Index; mentions: Index[] }
  | { do: 'reply'; by: Index; comment: Index; mentions: Index[] }
  | { do: 'edit'; comment: Index; mentions: Index[] }
  | { do: 'remove comment'; comment: Index }
  | { do: 'react'; by: Index; to: 'post' | 'comment'; which: Index; type: string }
  | { do: 'change'; reaction: Index; type: string }
  | { do: 'un-react'; reaction: Index }
  | { do: 'follow'; by: Index; whom: Index }
  | { do: 'unfollow'; follow: Index }
  | { do: 'thread'; by: Index; post: Index; level: Level };

/** In force at once. */
export type Relating = { do: 'mute' | 'unmute' | 'block' | 'unblock'; by: Index; other: Index };

export type Marking =
  | { do: 'mark'; by: Index; group: Index; as: Mark }
  | { do: 'seen' | 'read up to'; by: Index; group: Index };

/** Events in any order, some of them again, in envelopes of a size. */
export interface Delivery {
  do: 'deliver';
  events: Index[];
  size: number;
  suspect: boolean;
  mishap: Mishap;
}

// Small numbers are nothing special here: they are one of the people, one of the posts.
const pick = fc.noBias(fc.nat({ max: 99 }));
const mentions = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(pick, { maxLength: 2 }));
const type = fc.constantFrom('like', 'love');

/** A step, as often as its weight among all says. */
function step<const Name extends Step['do'], Rest>(
  weight: number,
  name: Name,
  rest: { [K in keyof Rest]: fc.Arbitrary<Rest[K]> },
) {
  return {
    weight,
    arbitrary: fc.record({ do: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<Step>,
  };
}

const delivery = step(18, 'deliver', {
  events: fc.array(pick, { minLength: 1, maxLength: 6 }),
  size: fc.integer({ min: 1, max: 4 }),
  suspect: fc.boolean(),
  mishap: fc.constantFrom<Mishap>('none', 'none', 'none', 'deadlock', 'error'),
});

/** What may happen in a network of a few people, whose events arrive at some time or not before the end. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { maxDepth: 1 },
    step(2, 'post', { by: pick, mentions }),
    step(1, 'remove post', { post: pick }),
    step(6, 'comment', { by: pick, post: pick, mentions }),
    step(7, 'reply', { by: pick, comment: pick, mentions }),
    step(4, 'edit', { comment: pick, mentions }),
    step(3, 'remove comment', { comment: pick }),
    step(12, 'react', { by: pick, to: fc.constantFrom('post', 'comment'), which: pick, type }),
    step(3, 'change', { reaction: pick, type }),
    step(6, 'un-react', { reaction: pick }),
    step(4, 'follow', { by: pick, whom: pick }),
    step(2, 'unfollow', { follow: pick }),
    step(2, 'mute', { by: pick, other: pick }),
    step(1, 'unmute', { by: pick, other: pick }),
    step(1, 'block', { by: pick, other: pick }),
    step(1, 'unblock', { by: pick, other: pick }),
    step(4, 'thread', {
      by: pick,
      post: pick,
      level: fc.constantFrom<Level>('follow', 'mute', 'mute', 'default'),
    }),
    step(8, 'mark', {
      group: pick,
      as: fc.constantFrom<Mark>('read', 'read', 'unread', 'archive', 'unarchive'),
    }),
    step(2, 'seen', { group: pick }),
    step(1, 'read up to', { group: pick }),
    step(1, 'a day passes', {}),
    delivery,
  ),
  { minLength: 1, maxLength: 30, size: 'max' },
);

/** The order in which what is left arrives at the end. */
export const ending = fc.record({ seed: fc.nat(), size: fc.integer({ min: 1, max: 8 }) });
