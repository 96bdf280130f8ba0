import type { Post } from '../api/contract.js';
import { addPage, addPost, dropPost, noPages, readFeed } from './feed-pages.js';

const post = (id: string, createdAt: string, authorId = 'ana'): Post => ({
  id,
  authorId,
  body: id,
  createdAt,
});
const idsOf = (pages: Parameters<typeof readFeed>[0]) => readFeed(pages).posts.map(({ id }) => id);

const two = addPage(
  addPage(noPages, 'ana', { posts: [post('a9', '9'), post('a5', '5')], page: { next: 'more' } }),
  'ben',
  { posts: [post('b8', '8', 'ben'), post('b2', '2', 'ben')], page: { next: null } },
);

describe('readFeed', () => {
  it('merges authors, newest first, only as far down as nobody is missing', () => {
    expect(idsOf(two)).toEqual(['a9', 'b8', 'a5']);
    expect(readFeed(two).loadNext).toEqual(['ana']);
  });

  it('reaches the end once every author does', () => {
    const all = addPage(two, 'ana', { posts: [post('a3', '3')], page: { next: null } });
    expect(idsOf(all)).toEqual(['a9', 'b8', 'a5', 'a3', 'b2']);
    expect(readFeed(all).loadNext).toEqual([]);
  });

  it('shows a post that was asked for whatever its age, and no deleted one', () => {
    expect(idsOf(addPost(two, post('a1', '1')))).toEqual(['a9', 'b8', 'a5', 'a1']);
    expect(idsOf(dropPost(two, 'b8'))).toEqual(['a9', 'a5']);
  });
});
