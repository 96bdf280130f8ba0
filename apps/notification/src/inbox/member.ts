import type { SubjectKind } from './act.js';

/** One act for one recipient: a row of `member`. */
export interface Member {
  readonly recipient_id: string;
  readonly act_id: string;
  readonly group_id: string;
  readonly actor_id: string;
  readonly subject_kind: SubjectKind;
  readonly subject_id: string;
  readonly subject_act: string | null;
  readonly post_id: string | null;
  readonly reasons: number;
  readonly reaction: string | null;
  readonly version: number;
  readonly active: boolean;
  readonly hidden: number;
  readonly activity_seq: number;
  readonly at: string | Date;
  readonly removed_at: string | Date | null;
}

/** Whether its recipient sees it. */
export function isVisible(member: Member | undefined): boolean {
  return member !== undefined && member.active && member.hidden === 0;
}

/** What names a member, and where a page of members ends. */
export interface MemberKey {
  readonly recipientId: string;
  readonly actId: string;
}
