import fc from 'fast-check';

import type { Member } from './member.js';
import { Reason } from './reasons.js';
import { commentAct, NOW, reactionAct, retract, rowOf, tell, unmention } from './settle-member.fixture.js';
import { type Change, settleMember } from './settle-member.js';

describe('the order of arrival', () => {
  /** One reaction's life: what each version did to it. */
  const life = fc
    .array(fc.constantFrom('like', 'love', 'wow', 'gone'), { minLength: 1, maxLength: 7 })
    // It begins with a reaction, and what is gone is not taken back again.
    .map((did) => ['like', ...did].filter((what, at, all) => what !== 'gone' || all[at - 1] !== 'gone'))
    .map((did) => did.map((what, at) => ({ version: at + 1, what })));
  const delivery = life.chain((versions) =>
    fc.record({
      versions: fc.constant(versions),
      // Each at least once, some more often, in any order.
      arrivals: fc
        .array(fc.constantFrom(...versions), { maxLength: 6 })
        .chain((again) =>
          fc.shuffledSubarray([...versions, ...again], { minLength: versions.length + again.length }),
        ),
    }),
  );

  /** What stands of the reaction after all arrivals, as the worker would apply them one by one. */
  function stateAfter(arrivals: readonly { version: number; what: string }[]) {
    const known = { id: 'reaction:r1', version: 0, removedVersion: 0 };
    let member: Member | undefined;
    for (const { version, what } of arrivals) {
      if (what === 'gone') {
        known.version = Math.max(known.version, version);
        known.removedVersion = Math.max(known.removedVersion, version);
      }
      const change =
        what === 'gone' ? retract('reaction:r1', version) : tell(reactionAct(version, what), Reason.reaction);
      const settled = settleMember(change, member, new Map([[known.id, known]]), NOW);
      if (settled !== undefined) member = rowOf({ id: 'reaction:r1' }, settled, member);
    }
    return member?.active === true ? member.reaction : null;
  }

  it('does not matter to a reaction: the newest version decides', () => {
    fc.assert(
      fc.property(delivery, ({ versions, arrivals }) => {
        const last = versions.at(-1);
        expect(stateAfter(arrivals)).toBe(last?.what === 'gone' ? null : last?.what);
      }),
      { numRuns: 500 },
    );
  });

  it('does not matter to a comment: its newest text says who is mentioned, and what is removed stays so', () => {
    const comment = fc.record({
      mentions: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      removed: fc.boolean(),
      also: fc.constantFrom(0, Reason.comment, Reason.thread, Reason.thread | Reason.comment),
    });
    const arrival = comment.chain((given) => {
      const count = given.mentions.length + Number(given.removed);
      const versions = Array.from({ length: count }, (_, index) => index + 1);
      return fc.record({
        given: fc.constant(given),
        order: fc.shuffledSubarray([...versions, ...versions], { minLength: 2 * count }),
      });
    });
    fc.assert(
      fc.property(arrival, ({ given: { mentions, removed, also }, order }) => {
        const known = { id: 'comment:c1', version: 0, removedVersion: 0 };
        const acts = new Map([[known.id, known]]);
        let member: Member | undefined;
        const take = (change: Change) => {
          const settled = settleMember(change, member, acts, NOW);
          if (settled !== undefined) member = rowOf({ id: 'comment:c1' }, settled, member);
        };
        for (const version of order) {
          const mentioned = mentions[version - 1];
          if (version > 1) known.version = Math.max(known.version, version);
          if (mentioned === undefined) {
            known.removedVersion = version;
            take(retract('comment:c1', version));
            continue;
          }
          // The crowd is told by the first version only; an edit tells again who is told by the event itself.
          const others = version === 1 ? also : also & ~Reason.thread;
          const reasons = others | (mentioned ? Reason.mention : 0);
          if (reasons > 0) take(tell(commentAct(version), reasons));
          if (version > 1 && !mentioned && ((member?.reasons ?? 0) & Reason.mention) !== 0)
            take(unmention(commentAct(version)));
        }
        const expected = removed ? 0 : also | (mentions.at(-1) === true ? Reason.mention : 0);
        expect(member?.active === true ? member.reasons : 0).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
