import type { ReasonName } from './reasons.js';

/** Ids of acts: what was done, by the id of the thing that it made. */
export const actId = {
  post: (postId: string) => `post:${postId}`,
  comment: (commentId: string) => `comment:${commentId}`,
  reaction: (reactionId: string) => `reaction:${reactionId}`,
  follow: (followerId: string, followeeId: string) => `follow:${followerId}:${followeeId}`,
};

/** What a thread mute hides. */
export function isComment(id: string): boolean {
  return id.startsWith('comment:');
}

/** Where an act stands, under its lock. */
export interface ActState {
  readonly id: string;
  /** The newest edit or removal that is known; 0 when there was none. */
  readonly version: number;
  /** The version that removed it; 0 when none did. */
  readonly removedVersion: number;
}

/** Somebody's act with all that decides where it appears. */
export interface Act {
  readonly id: string;
  readonly actorId: string;
  readonly version: number;
  /** When it was done: an RFC 3339 time of the producer's database. */
  readonly at: string;
  /** The post under which it happens; null for follows and for posts themselves. */
  readonly postId: string | null;
  /** The reaction's type. */
  readonly reaction: string | null;
  readonly placements: Placements;
}

/** The group that an act belongs to, by the reason to be told of it. */
export type Placements = Readonly<Partial<Record<ReasonName, Placement>>>;

/** Which group an act belongs to, for one reason to be told. */
export interface Placement {
  readonly type: GroupType;
  readonly key: string;
  readonly subjectKind: SubjectKind;
  readonly subjectId: string;
  /** The act of the subject where it is neither this act nor its post: if that one is removed, the reason is gone. */
  readonly subjectAct: string | null;
}

export type GroupType = 'reaction' | 'mention' | 'reply' | 'comment' | 'thread' | 'post' | 'follow';
export type SubjectKind = 'post' | 'comment' | 'user';

/** Members of these types of group are distinct by actor already: one actor, one act. */
export const ONE_ACT_EACH = new Set(['reaction', 'follow', 'mention']);
