import { z } from 'zod';

import { ClientId } from '#contracts/ids.js';
import { Page, PageQuery } from '#http/paging.js';
import { TextBody } from '#text/text-body.js';

export const PostPath = z.strictObject({ postId: ClientId });

export const PostRequest = z
  .strictObject({
    id: ClientId.optional().meta({ description: 'The id that the network gives it; a UUID when left out.' }),
    body: TextBody.meta({ description: '1 to 10,000 characters; `@handle` mentions, 50 at most.' }),
  })
  .meta({ id: 'PostRequest', examples: [{ id: 'p1', body: 'Sunrise over the bay, with @ben' }] });
export type PostRequest = z.output<typeof PostRequest>;

const example = {
  id: 'p1',
  authorId: 'ana',
  body: 'Sunrise over the bay, with @ben',
  createdAt: '2026-11-20T10:15:00.000Z',
};

export const Post = z
  .strictObject({ id: ClientId, authorId: ClientId, body: z.string(), createdAt: z.iso.datetime() })
  .meta({ id: 'Post', examples: [example] });
export type Post = z.output<typeof Post>;

export const PostsQuery = PageQuery.extend({
  author: ClientId.meta({ description: 'Whose posts.' }),
});
export type PostsQuery = z.output<typeof PostsQuery>;

export const Posts = z
  .strictObject({ posts: z.array(Post), page: Page })
  .meta({ id: 'Posts', examples: [{ posts: [example], page: { next: null } }] });
export type Posts = z.output<typeof Posts>;
