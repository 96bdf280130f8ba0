import { z } from 'zod';

import { ClientId } from '#contracts/ids.js';
import { Page } from '#http/paging.js';

import { NamedUser } from '../notifications/notifications.schemas.js';

export const UserPath = z.strictObject({ userId: ClientId });

const SilencedUser = NamedUser.extend({ since: z.iso.datetime() }).meta({
  id: 'SilencedUser',
  description: undefined,
  examples: [
    { id: 'ben', handle: 'ben', displayName: 'Ben', avatarUrl: null, since: '2026-11-20T10:15:00.000Z' },
  ],
});

export const SilencedUsers = z.strictObject({ users: z.array(SilencedUser), page: Page }).meta({
  id: 'SilencedUsers',
  examples: [
    {
      users: [
        { id: 'ben', handle: 'ben', displayName: 'Ben', avatarUrl: null, since: '2026-11-20T10:15:00.000Z' },
      ],
      page: { next: null },
    },
  ],
});
export type SilencedUsers = z.output<typeof SilencedUsers>;
