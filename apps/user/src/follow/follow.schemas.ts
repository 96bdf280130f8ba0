import { z } from 'zod';

import { ClientId, Handle } from '#contracts/ids.js';
import { Page } from '#http/paging.js';

/** One person follows another. */
export interface FollowPair {
  readonly follower: string;
  readonly followee: string;
}

const BatchFollow = z
  .strictObject({ follower: ClientId, followee: ClientId })
  .refine(({ follower, followee }) => follower !== followee, 'nobody follows themselves');

export const BatchFollowsRequest = z
  .strictObject({
    follows: z.array(BatchFollow).min(1).max(1000),
    notify: z.boolean().default(false).meta({ description: 'Whether the followed hear of it.' }),
  })
  .meta({ id: 'BatchFollowsRequest', examples: [{ follows: [{ follower: 'ben', followee: 'ana' }] }] });
export type BatchFollowsRequest = z.output<typeof BatchFollowsRequest>;

export const BatchFollowsAnswer = z
  .strictObject({ created: z.number().int() })
  .meta({ id: 'BatchFollowsAnswer', examples: [{ created: 1000 }] });
export type BatchFollowsAnswer = z.output<typeof BatchFollowsAnswer>;

const RelatedUser = z.strictObject({
  id: ClientId,
  handle: Handle,
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
  followedAt: z.iso.datetime(),
});

export const RelatedUsers = z.strictObject({ users: z.array(RelatedUser), page: Page }).meta({
  id: 'RelatedUsers',
  examples: [
    {
      users: [
        {
          id: 'ana',
          handle: 'ana',
          displayName: 'Ana Sousa',
          avatarUrl: null,
          followedAt: '2026-11-20T10:15:00.000Z',
        },
      ],
      page: { next: null },
    },
  ],
});
export type RelatedUsers = z.output<typeof RelatedUsers>;
