import { z } from 'zod';

import { BeckonId, ClientId } from '#contracts/ids.js';
import { Page, PageQuery } from '#http/paging.js';

/** What is reacted to. */
export interface Subject {
  readonly kind: 'post' | 'comment';
  readonly id: string;
}

export const PostPath = z.strictObject({ postId: ClientId });
export const CommentPath = z.strictObject({ commentId: BeckonId });

const ReactionType = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'must be the name of a reaction type');

export const ReactionRequest = z
  .strictObject({
    type: ReactionType.meta({
      description: 'like, love, haha, wow, sad or angry, unless the server is configured with other names.',
    }),
  })
  .meta({ id: 'ReactionRequest', examples: [{ type: 'like' }] });
export type ReactionRequest = z.output<typeof ReactionRequest>;

const example = {
  id: '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11',
  actorId: 'ben',
  type: 'like',
  version: 1,
  createdAt: '2026-11-20T10:15:00.000Z',
  updatedAt: '2026-11-20T10:15:00.000Z',
};

const common = {
  id: BeckonId,
  actorId: ClientId,
  type: z.string(),
  version: z.number().int().positive().meta({ description: 'Grows at every change, removals included.' }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};

export const PostReaction = z
  .strictObject({ ...common, postId: ClientId })
  .meta({ id: 'PostReaction', examples: [{ ...example, postId: 'p1' }] });

export const CommentReaction = z.strictObject({ ...common, commentId: BeckonId }).meta({
  id: 'CommentReaction',
  examples: [{ ...example, commentId: '01998f3c-0000-7c30-9d0a-1f8a8e8d6b11' }],
});

export type ReactionAnswer = z.output<typeof PostReaction> | z.output<typeof CommentReaction>;

export const ReactionsQuery = PageQuery.extend({ type: ReactionType.optional() });
export type ReactionsQuery = z.output<typeof ReactionsQuery>;

export const PostReactions = z.strictObject({ reactions: z.array(PostReaction), page: Page }).meta({
  id: 'PostReactions',
  examples: [{ reactions: [{ ...example, postId: 'p1' }], page: { next: null } }],
});

export const CommentReactions = z.strictObject({ reactions: z.array(CommentReaction), page: Page }).meta({
  id: 'CommentReactions',
  examples: [
    {
      reactions: [{ ...example, commentId: '01998f3c-0000-7c30-9d0a-1f8a8e8d6b11' }],
      page: { next: null },
    },
  ],
});

export interface ReactionsAnswer {
  readonly reactions: ReactionAnswer[];
  readonly page: z.output<typeof Page>;
}
