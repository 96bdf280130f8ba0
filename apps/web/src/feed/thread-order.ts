import type { Comment } from '../api/contract.js';

export interface Placed {
  comment: Comment;
  /** How far it is set in: 0 for a comment, 1 for a reply, at most 2. */
  depth: number;
}

const DEEPEST = 2;

/** Comments in reading order: each followed by its replies, oldest first. */
export function inReadingOrder(comments: readonly Comment[]): Placed[] {
  const ids = new Set(comments.map((comment) => comment.id));
  const children = new Map<string | null, Comment[]>();
  for (const comment of [...comments].sort(oldestFirst)) {
    // A reply whose parent is gone or not loaded stands by itself.
    const parent = comment.parentId && ids.has(comment.parentId) ? comment.parentId : null;
    children.set(parent, [...(children.get(parent) ?? []), comment]);
  }
  const place = (parent: string | null, depth: number): Placed[] =>
    (children.get(parent) ?? []).flatMap((comment) => [
      { comment, depth: Math.min(depth, DEEPEST) },
      ...place(comment.id, depth + 1),
    ]);
  return place(null, 0);
}

const oldestFirst = (a: Comment, b: Comment) =>
  a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.id < b.id ? -1 : 1;
