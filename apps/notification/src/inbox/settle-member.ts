import { type Act, actId, type ActState, type Placement } from './act.js';
import { RETURNS_MS } from './group.js';
import type { Member, MemberKey } from './member.js';
import { placementOfMember } from './placement.js';
import { Reason, strongest, withoutStrongest } from './reasons.js';

/** What is to become of one act for one recipient. */
export type Change =
  /** Tell of the act, for these reasons (bits), on top of those there were; perhaps only who was told of it before. */
  | {
      readonly kind: 'tell';
      readonly recipientId: string;
      readonly act: Act;
      readonly reasons: number;
      readonly onlyIfKnown?: boolean;
    }
  /** An edit no longer mentions the recipient. */
  | { readonly kind: 'unmention'; readonly recipientId: string; readonly act: Act }
  /** The act, or the post that it hangs on, is gone. `version` is the act's; null when it is the post that went. */
  | {
      readonly kind: 'retract';
      readonly recipientId: string;
      readonly actId: string;
      readonly version: number | null;
    }
  /** What the group is about is gone; the act is not, and may appear for a weaker reason. */
  | {
      readonly kind: 'retract-subject';
      readonly recipientId: string;
      readonly actId: string;
      readonly subjectAct: string;
    }
  /** Only what hides it may have changed. */
  | { readonly kind: 'rehide'; readonly recipientId: string; readonly actId: string };

/** Works out anew whether a member is hidden. */
export function rehidingOf({ recipientId, actId }: MemberKey): Change {
  return { kind: 'rehide', recipientId, actId };
}

/** How a change leaves a member, before it is known which group that is. */
export interface Settled {
  readonly reasons: number;
  readonly version: number;
  readonly reaction: string | null;
  readonly active: boolean;
  /** Where it belongs; null to leave it where it is. */
  readonly placement: Placement | null;
  /** Whether it may go on in the group it has, if that is of the same key. */
  readonly stays: boolean;
}

/**
 * Decides what a change makes of a member. Versions decide, never the order of arrival: whatever order changes come
 * in and however often, the last state is the same.
 * @param before the member as it stands; undefined when there is none.
 * @param acts states of what was told or taken back in this go and of all that it hangs on, under their locks.
 * @param now the database's time.
 * @returns undefined when nothing changes.
 */
export function settleMember(
  change: Change,
  before: Member | undefined,
  acts: ReadonlyMap<string, ActState>,
  now: Date,
): Settled | undefined {
  if (before === undefined && change.kind === 'tell' && change.onlyIfKnown === true) return undefined;
  if (change.kind === 'tell') return tell(change.act, change.reasons, before, acts, now);
  if (before === undefined) return undefined;
  switch (change.kind) {
    case 'unmention': {
      const { act } = change;
      if (isOutdated(act, acts) || isTakenBack(act, acts) || before.version > act.version) return undefined;
      const reasons = standing(act, before.reasons & ~Reason.mention, acts);
      return reduce(before, reasons, act.version, placementOf(act, reasons));
    }
    case 'retract':
      if (change.version !== null && before.version > change.version) return undefined;
      return reduce(before, 0, change.version ?? before.version, undefined);
    case 'retract-subject': {
      // It may have moved to a stronger reason since it was found.
      if (before.subject_act !== change.subjectAct) return undefined;
      const { act_id: id, post_id: postId, version } = before;
      // Where act or post went in the same go it retires where it is: moved first, it would open a group for nobody.
      const reasons = isTakenBack({ id, postId, version }, acts) ? 0 : withoutStrongest(before.reasons);
      return reduce(before, reasons, before.version, placementOfMember(before, reasons));
    }
    case 'rehide':
      return { ...before, placement: null, stays: true };
    default:
      return change satisfies never;
  }
}

/**
 * Whether nobody is told of this version of an act any more: it was removed, or the post under which it happened. What
 * stands again is a newer version, which is told by an event of its own.
 * @param acts as `settleMember` has them.
 */
export function isTakenBack(
  act: Pick<Act, 'id' | 'version' | 'postId'>,
  acts: ReadonlyMap<string, ActState>,
): boolean {
  if ((acts.get(act.id)?.removedVersion ?? 0) >= act.version) return true;
  return act.postId !== null && isRemoved(acts, actId.post(act.postId));
}

function tell(
  act: Act,
  offered: number,
  before: Member | undefined,
  acts: ReadonlyMap<string, ActState>,
  now: Date,
): Settled | undefined {
  if (isTakenBack(act, acts)) return undefined;
  // Who is mentioned belongs to a version of the text; an older version no longer says.
  const fresh = standing(act, isOutdated(act, acts) ? offered & ~Reason.mention : offered, acts);
  const reasons = standing(act, fresh | (before?.reasons ?? 0), acts);
  const placement = placementOf(act, reasons);
  if (fresh === 0 || placement === undefined) return undefined;
  const newer = act.version > (before?.version ?? 0);
  if (before?.active === true && !newer && reasons === before.reasons) return undefined;
  return {
    reasons,
    placement,
    version: Math.max(act.version, before?.version ?? 0),
    reaction: newer || before === undefined ? act.reaction : before.reaction,
    active: true,
    stays: before !== undefined && (before.active || wasTakenBackWithin(before, RETURNS_MS, now)),
  };
}

/** Takes reasons away; the member moves to the place of what is left, or retires where it is. */
function reduce(
  before: Member,
  reasons: number,
  version: number,
  placement: Placement | undefined,
): Settled | undefined {
  if (!before.active || reasons === before.reasons) return undefined;
  if (placement === undefined) {
    return { reasons: 0, placement: null, version, reaction: before.reaction, active: false, stays: true };
  }
  return { reasons, placement, version, reaction: before.reaction, active: true, stays: true };
}

function placementOf(act: Act, reasons: number): Placement | undefined {
  const reason = strongest(reasons);
  return reason === undefined ? undefined : act.placements[reason];
}

/** The reasons that have a place for this act, and whose subject still stands. */
function standing(act: Act, reasons: number, acts: ReadonlyMap<string, ActState>): number {
  let left = reasons;
  for (const [name, bit] of Object.entries(Reason) as [keyof typeof Reason, number][]) {
    const placement = act.placements[name];
    if (placement === undefined || (placement.subjectAct !== null && isRemoved(acts, placement.subjectAct)))
      left &= ~bit;
  }
  return left;
}

function isOutdated(act: Act, acts: ReadonlyMap<string, ActState>): boolean {
  return (acts.get(act.id)?.version ?? 0) > act.version;
}

function isRemoved(acts: ReadonlyMap<string, ActState>, id: string): boolean {
  return (acts.get(id)?.removedVersion ?? 0) > 0;
}

function wasTakenBackWithin(member: Member, ms: number, now: Date): boolean {
  return member.removed_at !== null && now.getTime() - new Date(member.removed_at).getTime() < ms;
}
