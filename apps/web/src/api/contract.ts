/** The shapes of Beckon's public contract that the page uses. */

export const REACTION_TYPES = ['like', 'love', 'haha', 'wow', 'sad', 'angry'] as const;
export type ReactionType = (typeof REACTION_TYPES)[number];

export interface UserCard {
  id: string;
  handle: string | null;
  displayName: string | null;
  avatarUrl: string | null;
}

export interface Page {
  next: string | null;
}

export interface Post {
  id: string;
  authorId: string;
  body: string;
  createdAt: string;
}

export interface Comment {
  id: string;
  postId: string;
  authorId: string;
  parentId: string | null;
  body: string;
  createdAt: string;
  editedAt: string | null;
}

export interface Reaction {
  id: string;
  actorId: string;
  /** One of REACTION_TYPES, or another name if the server is configured so. */
  type: string;
  version: number;
}

export interface PostCounters {
  postId: string;
  reactions: { total: number; byType: Record<string, number> };
  comments: number;
}

export interface Subject {
  kind: 'post' | 'comment' | 'user' | 'announcement';
  id: string;
  excerpt: string | null;
}

export interface Group {
  id: string;
  /** The last change of this group. */
  seq: number;
  /** The newest act that still stands: the order of the list. */
  activitySeq: number;
  type: string;
  subject: Subject | null;
  actorCount: number;
  actorIds: string[];
  reactions: Record<string, number> | null;
  title: string;
  url: string | null;
  firstAt: string;
  latestAt: string;
  seen: boolean;
  readAt: string | null;
  archivedAt: string | null;
}

export type Users = Record<string, UserCard>;

export interface Counts {
  unread: number;
  unseen: number;
  seq: number;
}

export interface GroupPage {
  groups: Group[];
  users: Users;
  counts: Counts;
  page: Page;
}

export interface GroupChange {
  group: Group;
  users: Users;
}

export interface Removal {
  id: string;
  seq: number;
}

export type SubjectKind = 'post' | 'comment';
