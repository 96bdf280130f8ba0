import type { Page, Post } from '../api/contract.js';

/** Several authors' lists, each paged by itself, read as one feed, newest first. */
export interface FeedPages {
  authors: ReadonlyMap<string, { posts: readonly Post[]; next: string | null }>;
  /** Posts that were asked for one by one; shown whatever their age. */
  single: readonly Post[];
  deleted: ReadonlySet<string>;
}

export const noPages: FeedPages = { authors: new Map(), single: [], deleted: new Set() };

export function addPage(
  pages: FeedPages,
  author: string,
  answer: { posts: readonly Post[]; page: Page },
): FeedPages {
  const before = pages.authors.get(author)?.posts ?? [];
  const posts = [...before, ...answer.posts];
  const authors = new Map(pages.authors).set(author, { posts, next: answer.page.next });
  return { ...pages, authors };
}

export const addPost = (pages: FeedPages, post: Post): FeedPages => ({
  ...pages,
  single: [...pages.single, post],
});

export const dropPost = (pages: FeedPages, id: string): FeedPages => ({
  ...pages,
  deleted: new Set(pages.deleted).add(id),
});

/**
 * The feed as far down as it is complete: below the oldest loaded post of an author who has more, posts
 * of that author would be missing between the others'.
 */
export function readFeed(pages: FeedPages): { posts: Post[]; loadNext: string[] } {
  const ends = [...pages.authors]
    .filter(([, list]) => list.next !== null)
    .map(([author, list]) => ({ author, at: list.posts.at(-1)?.createdAt ?? '' }));
  const completeFrom = ends.reduce((latest, end) => (end.at > latest ? end.at : latest), '');

  const byId = new Map<string, Post>();
  for (const list of pages.authors.values()) {
    for (const post of list.posts) if (post.createdAt >= completeFrom) byId.set(post.id, post);
  }
  for (const post of pages.single) byId.set(post.id, post);
  for (const id of pages.deleted) byId.delete(id);

  const posts = [...byId.values()].sort(
    (a, b) => compareDown(a.createdAt, b.createdAt) || compareDown(a.id, b.id),
  );
  return { posts, loadNext: ends.filter((end) => end.at === completeFrom).map((end) => end.author) };
}

const compareDown = (a: string, b: string) => (a < b ? 1 : a > b ? -1 : 0);
