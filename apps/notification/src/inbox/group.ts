import type { GroupType, SubjectKind } from './act.js';

/** What a person sees as one notification: a row of `inbox_group`. */
export interface Group {
  readonly recipient_id: string;
  readonly id: string;
  readonly key: string;
  readonly type: GroupType;
  readonly subject_kind: SubjectKind;
  readonly subject_id: string;
  /** Distinct actors with a visible member; 0 is a tombstone. */
  readonly actor_count: number;
  /** Visible members. */
  readonly act_count: number;
  /** The latest three, newest first. */
  readonly actor_ids: readonly string[];
  /** Visible reactions by type, zeros left out. */
  readonly reactions: Readonly<Record<string, number>>;
  readonly seq: number;
  readonly activity_seq: number;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
  readonly first_at: string | Date;
  readonly latest_at: string | Date;
  readonly read_at: Date | null;
  readonly archived_at: Date | null;
}

/** The numbers of an inbox: a row of `inbox_state`, held under its lock. */
export interface InboxState {
  readonly recipient_id: string;
  seq: number;
  readonly seen_seq: number;
  unread: number;
  unseen: number;
}

/** A group collects for this long after its first member, unless it is read or archived before. */
export const COLLECTS_MS = 24 * 3_600_000;

/** An act taken back and done again within this returns to its group, which stays as seen and read as it was. */
export const RETURNS_MS = 3_600_000;

export function isUnread(group: Group): boolean {
  return group.actor_count > 0 && group.read_at === null && group.archived_at === null;
}

/** Unread, and newer than what its recipient last looked at. */
export function isUnseen(group: Group, seenSeq: number): boolean {
  return isUnread(group) && group.activity_seq > seenSeq;
}

/** Whether new members still join it at `now`. */
export function collects(group: Group, now: Date): boolean {
  return group.closed_at === null && now.getTime() - group.opened_at.getTime() < COLLECTS_MS;
}

/** Whether its recipient can notice a difference. */
export function looksDifferent(before: Group, after: Group): boolean {
  if (before.actor_count === 0 && after.actor_count === 0) return false;
  return (
    before.actor_count !== after.actor_count ||
    before.act_count !== after.act_count ||
    before.activity_seq !== after.activity_seq ||
    before.subject_id !== after.subject_id ||
    (before.read_at === null) !== (after.read_at === null) ||
    (before.archived_at === null) !== (after.archived_at === null) ||
    before.actor_ids.join() !== after.actor_ids.join() ||
    JSON.stringify(before.reactions) !== JSON.stringify(after.reactions)
  );
}

/**
 * Gives the new counts a number of their own, after those of the groups that changed: a stream that breaks between a
 * group and its counts resumes with the counts.
 */
export function numberCounts(state: InboxState): void {
  state.seq++;
}
