import { z } from 'zod';

import { BeckonId, ClientId } from '#contracts/ids.js';
import { Page } from '#http/paging.js';
import { TextBody } from '#text/text-body.js';

export const PostPath = z.strictObject({ postId: ClientId });
export const CommentPath = z.strictObject({ commentId: BeckonId });

const Body = TextBody.meta({ description: '1 to 10,000 characters; `@handle` mentions, 50 at most.' });

export const CommentRequest = z
  .strictObject({
    body: Body,
    parentId: BeckonId.optional().meta({ description: 'The comment of the same post that this replies to.' }),
  })
  .meta({ id: 'CommentRequest', examples: [{ body: 'What a view! @cyra, look' }] });
export type CommentRequest = z.output<typeof CommentRequest>;

export const CommentEdit = z
  .strictObject({ body: Body })
  .meta({ id: 'CommentEdit', examples: [{ body: 'What a view! @cyra and @deniz, look' }] });
export type CommentEdit = z.output<typeof CommentEdit>;

const example = {
  id: '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11',
  postId: 'p1',
  authorId: 'ben',
  parentId: null,
  body: 'What a view! @cyra, look',
  createdAt: '2026-11-20T10:15:00.000Z',
  editedAt: null,
};

export const Comment = z
  .strictObject({
    id: BeckonId,
    postId: ClientId,
    authorId: ClientId,
    parentId: BeckonId.nullable().meta({ description: 'What it replies to; stays when that is removed.' }),
    body: z.string(),
    createdAt: z.iso.datetime(),
    editedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Comment', examples: [example] });
export type Comment = z.output<typeof Comment>;

export const Comments = z
  .strictObject({ comments: z.array(Comment), page: Page })
  .meta({ id: 'Comments', examples: [{ comments: [example], page: { next: null } }] });
export type Comments = z.output<typeof Comments>;
