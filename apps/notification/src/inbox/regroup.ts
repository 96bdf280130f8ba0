import { collects, type Group, type InboxState, isUnread, isUnseen, looksDifferent } from './group.js';
import { isVisible, type Member } from './member.js';
import type { Change, Settled } from './settle-member.js';

/** A change that was decided, with the member it is about. */
export interface DecidedChange {
  readonly change: Change;
  readonly before: Member | undefined;
  readonly settled: Settled;
  /** What hides the member now, as bits. */
  readonly hidden: number;
}

/** A member before and after: what the numbers of groups are made of. */
export interface Transition {
  readonly before: Member | undefined;
  readonly after: Member;
}

/** The newest visible members of a group, read after the members were written. */
export interface GroupTop {
  readonly recipient_id: string;
  readonly group_id: string;
  readonly actor_ids: readonly string[];
  /** Of the newest visible member; null when none is visible. */
  readonly activity_seq: number | null;
  readonly latest_at: Date | null;
  readonly subject_id: string | null;
}

export interface Regrouping {
  readonly transitions: Transition[];
  /** Every group that gained, lost or kept one of the members, as it was; new ones are empty. */
  readonly groups: Map<string, Group>;
  /** Groups that exist and close because they have collected long enough. */
  readonly closed: Group[];
  /** Groups that a member joined, with the number that marks it. */
  readonly grown: Map<string, number>;
}

/**
 * Finds each member's group: the one it has, the one that collects under its key now, or a new one. Takes the numbers
 * that mark growth from the inboxes' states.
 * @param groupsById the groups that the members are in. @param collecting open groups by `recipient key`.
 */
export function regroup(
  changes: readonly DecidedChange[],
  states: ReadonlyMap<string, InboxState>,
  groupsById: ReadonlyMap<string, Group>,
  collecting: ReadonlyMap<string, Group>,
  now: Date,
  newId: () => string,
): Regrouping {
  const result: Regrouping = { transitions: [], groups: new Map(), closed: [], grown: new Map() };
  const open = new Map(collecting);
  for (const decided of changes) {
    const { change, before, settled, hidden } = decided;
    const { recipientId } = change;
    const own = before === undefined ? undefined : groupsById.get(before.group_id);
    // It may have closed for an earlier change of this go.
    if (own !== undefined && !result.groups.has(own.id)) result.groups.set(own.id, own);
    const { placement } = settled;
    if (
      before !== undefined &&
      own !== undefined &&
      (placement === null || (settled.stays && own.key === placement.key))
    ) {
      result.transitions.push({ before, after: { ...before, ...rowOf(settled, before, hidden, now) } });
      continue;
    }
    if (placement === null || change.kind === 'retract' || change.kind === 'rehide') continue;
    const target = joinable(recipientId, placement, open, result, now, newId);
    const state = states.get(recipientId);
    if (state === undefined) throw new Error('an inbox was not locked');
    const mark = result.grown.get(target.id) ?? ++state.seq;
    result.grown.set(target.id, mark);
    const act = 'act' in change ? change.act : undefined;
    result.transitions.push({
      before,
      after: {
        recipient_id: recipientId,
        act_id: before?.act_id ?? act?.id ?? '',
        actor_id: before?.actor_id ?? act?.actorId ?? '',
        post_id: before?.post_id ?? act?.postId ?? null,
        ...rowOf(settled, before, hidden, now),
        group_id: target.id,
        subject_kind: placement.subjectKind,
        subject_id: placement.subjectId,
        subject_act: placement.subjectAct,
        activity_seq: mark,
        at: act?.at ?? before?.at ?? now.toISOString(),
      },
    });
  }
  return result;
}

function rowOf(settled: Settled, before: Member | undefined, hidden: number, now: Date) {
  return {
    reasons: settled.reasons,
    version: settled.version,
    reaction: settled.reaction,
    active: settled.active,
    hidden,
    removed_at: settled.active
      ? null
      : before?.active === true
        ? now.toISOString()
        : (before?.removed_at ?? null),
  };
}

/** The group that collects under a key; one that has collected long enough closes for good, and a new one opens. */
function joinable(
  recipientId: string,
  placement: NonNullable<Settled['placement']>,
  open: Map<string, Group>,
  result: Regrouping,
  now: Date,
  newId: () => string,
): Group {
  const key = `${recipientId} ${placement.key}`;
  const current = open.get(key);
  if (current !== undefined && collects(current, now)) {
    result.groups.set(current.id, current);
    return current;
  }
  if (current !== undefined) {
    const closed = { ...current, closed_at: now };
    result.closed.push(closed);
    result.groups.set(closed.id, closed);
  }
  const created: Group = {
    recipient_id: recipientId,
    id: newId(),
    key: placement.key,
    type: placement.type,
    subject_kind: placement.subjectKind,
    subject_id: placement.subjectId,
    actor_count: 0,
    act_count: 0,
    actor_ids: [],
    reactions: {},
    seq: 0,
    activity_seq: 0,
    opened_at: now,
    closed_at: null,
    first_at: now,
    latest_at: now,
    read_at: null,
    archived_at: null,
  };
  open.set(key, created);
  result.groups.set(created.id, created);
  return created;
}

/**
 * Works out how many distinct actors each group that changed has now.
 * @param others actors by `group actor` that have further visible members in the group, beyond the transitions.
 */
export function countActors(
  { transitions, groups }: Regrouping,
  others: ReadonlySet<string>,
): Map<string, number> {
  const tallies = tallyByGroup(transitions);
  return new Map(
    [...groups].map(([id, group]) => [id, group.actor_count + actorDelta(id, tallies.get(id), others)]),
  );
}

/**
 * Works out the groups' new numbers and, with them, the badge.
 * @param actorCounts how many distinct actors each group has now.
 * @returns the groups to write; `states` hold the new numbers of the inboxes.
 */
export function recount(
  { transitions, groups, closed, grown }: Regrouping,
  states: ReadonlyMap<string, InboxState>,
  tops: ReadonlyMap<string, GroupTop>,
  actorCounts: ReadonlyMap<string, number>,
): Group[] {
  const written = new Map<string, Group>(closed.map((group) => [group.id, group]));
  const tallies = tallyByGroup(transitions);
  for (const [id, before] of groups) {
    const tally = tallies.get(id);
    const top = tops.get(id);
    const after: Group = {
      ...before,
      actor_count: actorCounts.get(id) ?? before.actor_count,
      act_count: before.act_count + (tally?.acts ?? 0),
      reactions: addCounts(before.reactions, tally?.reactions ?? {}),
      actor_ids: top?.actor_ids ?? [],
      // An empty group keeps its place: it may fill again.
      activity_seq: top?.activity_seq ?? before.activity_seq,
      latest_at: top?.latest_at ?? before.latest_at,
      subject_id: top?.subject_id ?? before.subject_id,
      // Of what was taken back nothing is left, not even when it began.
      first_at:
        (before.act_count === 0 ? tally?.firstAt : earliest(tally?.firstAt ?? null, before.first_at)) ??
        before.first_at,
    };
    const state = states.get(before.recipient_id);
    if (state === undefined) throw new Error('an inbox was not locked');
    const changed = looksDifferent(before, after);
    const seq = changed ? (grown.get(id) ?? ++state.seq) : before.seq;
    count(state, before, -1);
    count(state, after, 1);
    if (changed || tally !== undefined) written.set(id, { ...after, seq });
  }
  return [...written.values()];
}

/** Adds a group to (or takes it from) the numbers of its inbox. */
export function count(state: InboxState, group: Group, sign: 1 | -1): void {
  if (isUnread(group)) state.unread += sign;
  if (isUnseen(group, state.seen_seq)) state.unseen += sign;
}

interface Tally {
  acts: number;
  firstAt: string | Date | null;
  readonly reactions: Record<string, number>;
  readonly actors: Map<string, { before: boolean; after: boolean }>;
}

/** What the transitions add to and take from each group, in one pass. */
function tallyByGroup(transitions: readonly Transition[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  const note = (member: Member, side: 'before' | 'after', sign: 1 | -1) => {
    const tally: Tally = tallies.get(member.group_id) ?? {
      acts: 0,
      firstAt: null,
      reactions: {},
      actors: new Map(),
    };
    tallies.set(member.group_id, tally);
    if (!isVisible(member)) return;
    tally.acts += sign;
    if (member.reaction !== null)
      tally.reactions[member.reaction] = (tally.reactions[member.reaction] ?? 0) + sign;
    const actor = tally.actors.get(member.actor_id) ?? { before: false, after: false };
    actor[side] = true;
    tally.actors.set(member.actor_id, actor);
    if (side === 'after') tally.firstAt = earliest(member.at, tally.firstAt);
  };
  for (const { before, after } of transitions) {
    if (before !== undefined) note(before, 'before', -1);
    note(after, 'after', 1);
  }
  return tallies;
}

function actorDelta(groupId: string, tally: Tally | undefined, others: ReadonlySet<string>): number {
  let delta = 0;
  for (const [actorId, seen] of tally?.actors ?? []) {
    if (!others.has(`${groupId} ${actorId}`)) delta += Number(seen.after) - Number(seen.before);
  }
  return delta;
}

function addCounts(counts: Readonly<Record<string, number>>, deltas: Readonly<Record<string, number>>) {
  const sum: Record<string, number> = { ...counts };
  for (const [name, delta] of Object.entries(deltas)) {
    sum[name] = (sum[name] ?? 0) + delta;
    if (sum[name] === 0) delete sum[name];
  }
  return sum;
}

function earliest(a: string | Date | null, b: string | Date | null): string | Date | null {
  if (a === null || b === null) return a ?? b;
  return new Date(a) <= new Date(b) ? a : b;
}
