import { z } from 'zod';

import { ClientId } from '#contracts/ids.js';
import { Page } from '#http/paging.js';

import { NamedUser } from '../notifications/notifications.schemas.js';

export const UserPath = z.strictObject({ userId: ClientId });

const RelatedUser = NamedUser.extend({ since: z.iso.datetime() }).meta({
  id: 'RelatedUser',
  description: undefined,
  examples: [
    { id: 'ben', handle: 'ben', displayName: 'Ben', avatarUrl: null, since: '2026-11-20T10:15:00.000Z' },
  ],
});

export const RelatedUsers = z.strictObject({ users: z.array(RelatedUser), page: Page }).meta({
  id: 'RelatedUsers',
  examples: [
    {
      users: [
        { id: 'ben', handle: 'ben', displayName: 'Ben', avatarUrl: null, since: '2026-11-20T10:15:00.000Z' },
      ],
      page: { next: null },
    },
  ],
});
export type RelatedUsers = z.output<typeof RelatedUsers>;
