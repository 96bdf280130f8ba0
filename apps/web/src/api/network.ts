import type { Comment, Page, Post, PostCounters, Reaction, SubjectKind, UserCard } from './contract.js';
import { call, path, type Call } from './http.js';

/** Calls about people, posts, comments and reactions. `as` is who calls. */

export const getProfile = (as: string, id: string) => call<UserCard>(path`/v1/users/${id}`, { as });

export const putProfile = (id: string, profile: { handle: string; displayName: string }) =>
  call<UserCard>(path`/v1/users/${id}`, { as: id, method: 'PUT', body: profile });

export type Relation = 'following' | 'mutes';

/** Everybody that `as` follows or mutes (up to 500, which is plenty for this page). */
export async function listRelated(as: string, relation: Relation): Promise<UserCard[]> {
  const users: UserCard[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor ? `?limit=100&cursor=${encodeURIComponent(cursor)}` : '?limit=100';
    const answer: { users: UserCard[]; page: Page } = await call(`/v1/me/${relation}${query}`, { as });
    users.push(...answer.users);
    cursor = answer.page.next;
  } while (cursor && users.length < 500);
  return users;
}

export const setRelated = (
  as: string,
  relation: Relation,
  id: string,
  on: boolean,
  onSend?: Call['onSend'],
) => call<void>(path`/v1/me/${relation}/${id}`, { as, method: on ? 'PUT' : 'DELETE', onSend });

export const listPosts = (as: string, author: string, cursor: string | null) =>
  call<{ posts: Post[]; page: Page }>(
    cursor
      ? path`/v1/posts?author=${author}&limit=10&cursor=${cursor}`
      : path`/v1/posts?author=${author}&limit=10`,
    { as },
  );

export const getPost = (as: string, id: string) => call<Post>(path`/v1/posts/${id}`, { as });

export const publishPost = (as: string, body: string, idempotencyKey: string, onSend?: Call['onSend']) =>
  call<Post>('/v1/posts', { as, method: 'POST', body: { body }, idempotencyKey, onSend });

export const deletePost = (as: string, id: string) =>
  call<void>(path`/v1/posts/${id}`, { as, method: 'DELETE' });

export const getPostCounters = (as: string, id: string) =>
  call<PostCounters>(path`/v1/analytics/posts/${id}`, { as });

export const listComments = (as: string, postId: string, cursor: string | null) =>
  call<{ comments: Comment[]; page: Page }>(
    cursor
      ? path`/v1/posts/${postId}/comments?limit=50&cursor=${cursor}`
      : path`/v1/posts/${postId}/comments?limit=50`,
    { as },
  );

export const getComment = (as: string, id: string) => call<Comment>(path`/v1/comments/${id}`, { as });

export const addComment = (
  as: string,
  postId: string,
  body: { body: string; parentId?: string },
  idempotencyKey: string,
  onSend?: Call['onSend'],
) => call<Comment>(path`/v1/posts/${postId}/comments`, { as, method: 'POST', body, idempotencyKey, onSend });

export const deleteComment = (as: string, id: string) =>
  call<void>(path`/v1/comments/${id}`, { as, method: 'DELETE' });

export const listReactions = (as: string, kind: SubjectKind, id: string) =>
  call<{ reactions: Reaction[]; page: Page }>(`${subjectPath(kind, id)}/reactions?limit=100`, { as });

export const react = (as: string, kind: SubjectKind, id: string, type: string, onSend?: Call['onSend']) =>
  call<Reaction>(`${subjectPath(kind, id)}/reactions`, { as, method: 'POST', body: { type }, onSend });

export const unreact = (as: string, kind: SubjectKind, id: string) =>
  call<void>(`${subjectPath(kind, id)}/reactions/mine`, { as, method: 'DELETE' });

const subjectPath = (kind: SubjectKind, id: string) =>
  kind === 'post' ? path`/v1/posts/${id}` : path`/v1/comments/${id}`;
