import type { Act, ActState } from './act.js';
import type { Member } from './member.js';
import { commentPlacements, reactionPlacements } from './placement.js';
import { type Change, settleMember, type Settled } from './settle-member.js';

export const NOW = new Date('2026-11-20T10:00:00Z');
export const nothing: ReadonlyMap<string, ActState> = new Map();

export const commentAct = (version: number, parentId: string | null = null): Act => ({
  id: 'comment:c1',
  actorId: 'ben',
  version,
  at: NOW.toISOString(),
  postId: 'p1',
  reaction: null,
  placements: commentPlacements('c1', 'p1', parentId),
});
export const reactionAct = (version: number, reaction: string): Act => ({
  id: 'reaction:r1',
  actorId: 'ben',
  version,
  at: NOW.toISOString(),
  postId: 'p1',
  reaction,
  placements: reactionPlacements('comment', 'c1'),
});
export const tell = (act: Act, reasons: number): Change => ({
  kind: 'tell',
  recipientId: 'ana',
  act,
  reasons,
});
export const tellIfKnown = (act: Act, reasons: number): Change => ({
  kind: 'tell',
  recipientId: 'ana',
  act,
  reasons,
  onlyIfKnown: true,
});
export const unmention = (act: Act): Change => ({ kind: 'unmention', recipientId: 'ana', act });
export const retract = (actId: string, version: number | null): Change => ({
  kind: 'retract',
  recipientId: 'ana',
  actId,
  version,
});

export const retractSubject = (actId: string, subjectAct: string): Change => ({
  kind: 'retract-subject',
  recipientId: 'ana',
  actId,
  subjectAct,
});

export function states(
  ...rows: [id: string, version: number, removedVersion: number][]
): Map<string, ActState> {
  return new Map(rows.map(([id, version, removedVersion]) => [id, { id, version, removedVersion }]));
}

/** The row that a settled change makes, in a group named for its key. */
export function rowOf(act: Pick<Act, 'id'>, settled: Settled, before: Member | undefined, now = NOW): Member {
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
export function memberAfter(changes: Change[], acts = nothing, now = NOW): Member | undefined {
  let member: Member | undefined;
  for (const change of changes) {
    const settled = settleMember(change, member, acts, now);
    if (settled !== undefined) member = rowOf({ id: 'comment:c1' }, settled, member, now);
  }
  return member;
}
