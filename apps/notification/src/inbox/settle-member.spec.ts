import fc from 'fast-check';

import type { Act, ActState } from './act.js';
import { RETURNS_MS } from './group.js';
import type { Member } from './member.js';
import { commentPlacements, reactionPlacements } from './placement.js';
import { Reason } from './reasons.js';
import { type Change, settleMember, type Settled } from './settle-member.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const nothing: ReadonlyMap<string, ActState> = new Map();

const commentAct = (version: number, parentId: string | null = null): Act => ({
  id: 'comment:c1',
  actorId: 'ben',
  version,
  at: NOW.toISOString(),
  postId: 'p1',
  reaction: null,
  placements: commentPlacements('c1', 'p1', parentId),
});
const reactionAct = (version: number, reaction: string): Act => ({
  id: 'reaction:r1',
  actorId: 'ben',
  version,
  at: NOW.toISOString(),
  postId: 'p1',
  reaction,
  placements: reactionPlacements('comment', 'c1'),
});
const tell = (act: Act, reasons: number): Change => ({ kind: 'tell', recipientId: 'ana', act, reasons });
const tellIfKnown = (act: Act, reasons: number): Change => ({
  kind: 'tell',
  recipientId: 'ana',
  act,
  reasons,
  onlyIfKnown: true,
});
const unmention = (act: Act): Change => ({ kind: 'unmention', recipientId: 'ana', act });
const retract = (actId: string, version: number | null): Change => ({
  kind: 'retract',
  recipientId: 'ana',
  actId,
  version,
});

function states(...rows: [id: string, version: number, removedVersion: number][]): Map<string, ActState> {
  return new Map(rows.map(([id, version, removedVersion]) => [id, { id, version, removedVersion }]));
}

/** The row that a settled change makes, in a group named for its key. */
function rowOf(act: Pick<Act, 'id'>, settled: Settled, before: Member | undefined, now = NOW): Member {
  const { placement, reasons, version, reaction, active } = settled;
  return {
    recipient_id: 'ana',
    act_id: act.id,
    group_id: placement?.key ?? before?.group_id ?? '',
    actor_id: 'ben',
    subject_kind: 'post',
    subject_id: placement?.subjectId ?? before?.subject_id ?? '',
    subject_act: placement === null ? (before?.subject_act ?? null) : placement.subjectAct,
    post_id: 'p1',
    reasons,
    version,
    reaction,
    active,
    hidden: 0,
    activity_seq: 1,
    at: NOW.toISOString(),
    removed_at: active ? null : now.toISOString(),
  };
}

/** A member of the comment c1 as it stands after `changes`. */
function memberAfter(changes: Change[], acts = nothing, now = NOW): Member | undefined {
  let member: Member | undefined;
  for (const change of changes) {
    const settled = settleMember(change, member, acts, now);
    if (settled !== undefined) member = rowOf({ id: 'comment:c1' }, settled, member, now);
  }
  return member;
}

const both = Reason.mention | Reason.comment;

describe('telling', () => {
  it('places an act by its strongest reason and keeps the weaker ones', () => {
    const settled = settleMember(tell(commentAct(1), both | Reason.thread), undefined, nothing, NOW);
    expect(settled).toMatchObject({ reasons: both | Reason.thread, active: true, stays: false });
    expect(settled?.placement?.key).toBe('mention:c1');
  });

  it('changes nothing when it is told again', () => {
    const member = memberAfter([tell(commentAct(1), both)]);
    expect(settleMember(tell(commentAct(1), Reason.comment), member, nothing, NOW)).toBeUndefined();
  });

  it('changes who has it, and nobody else, when it is a late change', () => {
    const late = tellIfKnown(reactionAct(2, 'love'), Reason.reaction);
    expect(settleMember(late, undefined, nothing, NOW)).toBeUndefined();
    const member = memberAfter([tell(reactionAct(1, 'like'), Reason.reaction)]);
    expect(settleMember(late, member, nothing, NOW)).toMatchObject({
      reaction: 'love',
      version: 2,
      active: true,
    });
  });

  it('moves a member to the place of a stronger reason that comes later', () => {
    const member = memberAfter([tell(commentAct(1), Reason.thread)]);
    const settled = settleMember(tell(commentAct(1), Reason.mention), member, nothing, NOW);
    expect(settled?.placement?.key).toBe('mention:c1');
    expect(settled?.reasons).toBe(Reason.thread | Reason.mention);
  });

  it.each([
    ['the act is removed', states(['comment:c1', 2, 2])],
    ['its post is removed', states(['post:p1', 2, 2])],
  ])('tells nobody when %s', (_, acts) => {
    expect(settleMember(tell(commentAct(1), both), undefined, acts, NOW)).toBeUndefined();
  });

  it('tells of a reaction that is newer than its removal', () => {
    const removed = states(['reaction:r1', 2, 2]);
    const change = (version: number) => tell(reactionAct(version, 'like'), Reason.reaction);
    expect(settleMember(change(1), undefined, removed, NOW)).toBeUndefined();
    expect(settleMember(change(3), undefined, removed, NOW)).toMatchObject({ active: true, version: 3 });
  });

  it('tells nobody of a reaction to a comment that is removed', () => {
    const acts = states(['comment:c1', 2, 2]);
    expect(settleMember(tell(reactionAct(1, 'like'), Reason.reaction), undefined, acts, NOW)).toBeUndefined();
  });

  it('tells of a reply for the next reason when its parent is removed, else not at all', () => {
    const acts = states(['comment:c0', 2, 2]);
    const reply = commentAct(1, 'c0');
    const settled = settleMember(tell(reply, Reason.reply | Reason.comment), undefined, acts, NOW);
    expect(settled).toMatchObject({ reasons: Reason.comment, placement: { key: 'comment:p1' } });
    expect(settleMember(tell(reply, Reason.reply), undefined, acts, NOW)).toBeUndefined();
  });

  it('leaves who is mentioned to the newest version of a text', () => {
    const edited = states(['comment:c1', 2, 0]);
    expect(settleMember(tell(commentAct(1), both), undefined, edited, NOW)?.reasons).toBe(Reason.comment);
    expect(settleMember(tell(commentAct(1), Reason.mention), undefined, edited, NOW)).toBeUndefined();
    expect(settleMember(tell(commentAct(2), Reason.mention), undefined, edited, NOW)?.reasons).toBe(
      Reason.mention,
    );
  });

  it.each([
    [0, true],
    [RETURNS_MS - 1, true],
    [RETURNS_MS, false],
  ])('lets what was taken back %i ms ago go on where it was: %s', (ms, stays) => {
    const member = memberAfter([tell(commentAct(1), Reason.comment), retract('comment:c1', 2)]);
    const later = new Date(NOW.getTime() + ms);
    expect(settleMember(tell(commentAct(3), Reason.comment), member, nothing, later)?.stays).toBe(stays);
  });
});

describe('taking back', () => {
  it('retires a member where it is', () => {
    const member = memberAfter([tell(commentAct(1), both)]);
    expect(settleMember(retract('comment:c1', 2), member, nothing, NOW)).toMatchObject({
      active: false,
      reasons: 0,
      version: 2,
      placement: null,
    });
  });

  it('does nothing to a newer version, to what is retired, or to nobody', () => {
    const newer = memberAfter([tell(commentAct(3), both)]);
    expect(settleMember(retract('comment:c1', 2), newer, nothing, NOW)).toBeUndefined();
    const retired = memberAfter([tell(commentAct(1), both), retract('comment:c1', 2)]);
    expect(settleMember(retract('comment:c1', 4), retired, nothing, NOW)).toBeUndefined();
    expect(settleMember(retract('comment:c1', 2), undefined, nothing, NOW)).toBeUndefined();
  });

  it('takes everything under a removed post, whatever its version', () => {
    const member = memberAfter([tell(commentAct(7), both)]);
    expect(settleMember(retract('comment:c1', null), member, nothing, NOW)).toMatchObject({
      active: false,
      version: 7,
    });
  });

  it('takes a mention back and falls to the weaker reason, or retires', () => {
    const edited = states(['comment:c1', 2, 0]);
    const member = memberAfter([tell(commentAct(1), both)]);
    expect(settleMember(unmention(commentAct(2)), member, edited, NOW)).toMatchObject({
      active: true,
      reasons: Reason.comment,
      placement: { key: 'comment:p1' },
    });
    const only = memberAfter([tell(commentAct(1), Reason.mention)]);
    expect(settleMember(unmention(commentAct(2)), only, edited, NOW)).toMatchObject({ active: false });
  });

  it('takes no mention back for an edit that is not the newest', () => {
    const member = memberAfter([tell(commentAct(3), both)]);
    expect(settleMember(unmention(commentAct(2)), member, states(['comment:c1', 3, 0]), NOW)).toBeUndefined();
  });

  it('falls from reply to comment when the parent is removed, and retires a reaction to it', () => {
    const reply = memberAfter([tell(commentAct(1, 'c0'), Reason.reply | Reason.comment)]);
    const change: Change = {
      kind: 'retract-subject',
      recipientId: 'ana',
      actId: 'comment:c1',
      subjectAct: 'comment:c0',
    };
    expect(settleMember(change, reply, nothing, NOW)).toMatchObject({
      active: true,
      reasons: Reason.comment,
      placement: { key: 'comment:p1', subjectAct: null },
    });
    const alone = memberAfter([tell(commentAct(1, 'c0'), Reason.reply)]);
    expect(settleMember(change, alone, nothing, NOW)).toMatchObject({ active: false, reasons: 0 });
  });

  it('leaves who is mentioned told when the parent goes', () => {
    const mentioned = memberAfter([tell(commentAct(1, 'c0'), Reason.reply | Reason.mention)]);
    const change: Change = {
      kind: 'retract-subject',
      recipientId: 'ana',
      actId: 'comment:c1',
      subjectAct: 'comment:c0',
    };
    expect(settleMember(change, mentioned, nothing, NOW)).toBeUndefined();
  });
});

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
