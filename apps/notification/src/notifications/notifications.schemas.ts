import { z } from 'zod';

import { BeckonId, ClientId } from '#contracts/ids.js';
import { Page, PageQuery } from '#http/paging.js';

export const groupTypes = ['reaction', 'mention', 'reply', 'comment', 'thread', 'post', 'follow'] as const;

export const GroupPath = z.strictObject({ groupId: BeckonId });

export const NotificationsQuery = PageQuery.extend({
  state: z
    .enum(['all', 'unread', 'archived'])
    .default('all')
    .meta({ description: '`all` leaves archived out.' }),
  type: z.enum(groupTypes).optional(),
});
export type NotificationsQuery = z.output<typeof NotificationsQuery>;

const Sequence = z.number().int().min(0);

export const Counts = z
  .strictObject({ unread: z.number().int().min(0), unseen: z.number().int().min(0), seq: Sequence })
  .meta({ id: 'Counts', examples: [{ unread: 3, unseen: 1, seq: 415 }] });
export type Counts = z.output<typeof Counts>;

const groupExample = {
  id: '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11',
  seq: 415,
  activitySeq: 412,
  type: 'reaction' as const,
  subject: { kind: 'post' as const, id: 'p1', excerpt: 'We launched a boat today' },
  actorCount: 43,
  actorIds: ['ana', 'ben', 'cy'],
  reactions: { like: 40, love: 3 },
  title: 'Ana, Ben and 41 others reacted to your post',
  url: null,
  firstAt: '2026-11-20T10:15:00.000Z',
  latestAt: '2026-11-20T11:02:00.000Z',
  seen: false,
  readAt: null,
  archivedAt: null,
};

export const NotificationGroup = z
  .strictObject({
    id: BeckonId,
    seq: Sequence.meta({ description: 'Last change; what the stream is ordered by.' }),
    activitySeq: Sequence.meta({
      description: 'The newest act that still stands; what the list is ordered by.',
    }),
    type: z.enum(groupTypes),
    subject: z.strictObject({
      kind: z.enum(['post', 'comment', 'user', 'announcement']),
      id: z.string(),
      excerpt: z.string().nullable(),
    }),
    actorCount: z.number().int().min(0),
    actorIds: z.array(ClientId).max(3).meta({ description: 'The latest three, newest first.' }),
    reactions: z.record(z.string(), z.number().int().positive()),
    title: z.string(),
    url: z.string().nullable(),
    firstAt: z.iso.datetime(),
    latestAt: z.iso.datetime(),
    seen: z.boolean(),
    readAt: z.iso.datetime().nullable(),
    archivedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'NotificationGroup', examples: [groupExample] });
export type NotificationGroup = z.output<typeof NotificationGroup>;

const usersExample = {
  ana: { id: 'ana', handle: 'ana', displayName: 'Ana', avatarUrl: null },
};

/** A person as far as the user service could tell. */
export const NamedUser = z
  .strictObject({
    id: ClientId,
    handle: z.string().nullable(),
    displayName: z.string().nullable(),
    avatarUrl: z.string().nullable(),
  })
  .meta({
    id: 'NamedUser',
    description: 'Fields are null when the user service cannot be asked.',
    examples: [usersExample.ana],
  });
export type NamedUser = z.output<typeof NamedUser>;

const Users = z.record(z.string(), NamedUser).meta({ description: 'Everybody who is named, by id.' });

/** One group with the people that it names. */
export const NotificationAnswer = z
  .strictObject({ group: NotificationGroup, users: Users })
  .meta({ id: 'Notification', examples: [{ group: groupExample, users: usersExample }] });
export type NotificationAnswer = z.output<typeof NotificationAnswer>;

export const Notifications = z
  .strictObject({ groups: z.array(NotificationGroup), users: Users, counts: Counts, page: Page })
  .meta({
    id: 'Notifications',
    examples: [
      {
        groups: [groupExample],
        users: usersExample,
        counts: { unread: 3, unseen: 1, seq: 415 },
        page: { next: null },
      },
    ],
  });
export type Notifications = z.output<typeof Notifications>;

export const GroupActors = z
  .strictObject({
    actors: z.array(
      z.strictObject({ userId: ClientId, reaction: z.string().nullable(), latestAt: z.iso.datetime() }),
    ),
    users: Users,
    page: Page,
  })
  .meta({
    id: 'GroupActors',
    examples: [
      {
        actors: [{ userId: 'ana', reaction: 'like', latestAt: '2026-11-20T11:02:00.000Z' }],
        users: usersExample,
        page: { next: null },
      },
    ],
  });
export type GroupActors = z.output<typeof GroupActors>;

export const UpTo = z
  .strictObject({ upTo: Sequence.meta({ description: 'An `activitySeq`; it is included.' }) })
  .meta({ id: 'UpTo', examples: [{ upTo: 412 }] });
