import { z } from 'zod';

import { ClientId } from '#contracts/ids.js';

export const windows = ['1h', '24h', '7d'] as const;
export type Window = (typeof windows)[number];

/** The longest list that can be asked for. */
export const MAX_POSTS = 100;

export const TrendingQuery = z.strictObject({
  window: z.enum(windows).default('24h'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_POSTS)
    .default(20)
    .meta({ description: 'How many at most, 1 to 100.' }),
});
export type TrendingQuery = z.output<typeof TrendingQuery>;

const TrendingPost = z.strictObject({
  postId: ClientId,
  score: z.number(),
  reactions: z.number().int(),
  comments: z.number().int(),
});
export type TrendingPost = z.output<typeof TrendingPost>;

export const TrendingPosts = z.strictObject({ posts: z.array(TrendingPost) }).meta({
  id: 'TrendingPosts',
  examples: [{ posts: [{ postId: 'p1', score: 66.5, reactions: 43, comments: 12 }] }],
});
export type TrendingPosts = z.output<typeof TrendingPosts>;
