import { z } from 'zod';

import { BeckonId, ClientId, Handle } from '#contracts/ids.js';

/** PostgreSQL writes times with microseconds and an offset. */
const Time = z.iso.datetime({ offset: true });
const Version = z.number().int().positive();
/** More mentions than this are text (api.md). */
export const MAX_MENTIONS = 50;
const Mentions = z.array(Handle).max(MAX_MENTIONS);

const Reaction = z.object({
  reactionId: BeckonId,
  subjectKind: z.enum(['post', 'comment']),
  subjectId: z.string().min(1).max(64),
  subjectAuthorId: ClientId,
  postId: ClientId,
  actorId: ClientId,
  reaction: z.string().min(1).max(32),
  version: Version,
  /** When the reaction was first made; stays when its type changes. */
  reactedAt: Time,
});

const Comment = z.object({
  commentId: BeckonId,
  postId: ClientId,
  postAuthorId: ClientId,
  parentId: BeckonId.nullable(),
  parentAuthorId: ClientId.nullable(),
  actorId: ClientId,
  version: Version,
  commentedAt: Time,
});

const Post = z.object({
  postId: ClientId,
  actorId: ClientId,
  version: Version,
  publishedAt: Time,
});

const Follow = z.object({
  actorId: ClientId,
  followeeId: ClientId,
  version: Version,
  followedAt: Time,
});

/** What each event carries: ids, versions and handles mentioned; never profiles, texts or secrets. */
export const eventData = {
  'reaction.added.v1': Reaction,
  'reaction.changed.v1': Reaction.extend({ previousReaction: z.string().min(1).max(32) }),
  'reaction.removed.v1': Reaction,
  'comment.added.v1': Comment.extend({ mentions: Mentions }),
  'comment.edited.v1': Comment.extend({ mentions: Mentions }),
  'comment.removed.v1': Comment,
  'post.published.v1': Post.extend({ mentions: Mentions }),
  'post.removed.v1': Post,
  'user.followed.v1': Follow,
  'user.unfollowed.v1': Follow,
  'thread.level_changed.v1': z.object({
    actorId: ClientId,
    postId: ClientId,
    level: z.enum(['follow', 'mute', 'default']),
    version: Version,
  }),
} as const;

export type EventType = keyof typeof eventData;
export type EventData<T extends EventType> = z.output<(typeof eventData)[T]>;

/** A CloudEvents 1.0 envelope of one type. https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
export interface BeckonEvent<T extends EventType = EventType> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: T;
  readonly subject: string;
  readonly time: string;
  readonly traceparent?: string | undefined;
  readonly data: EventData<T>;
}

/** An event of any one of the types, so that `switch (event.type)` narrows its data. */
export type AnyEvent<T extends EventType = EventType> = { [K in T]: BeckonEvent<K> }[T];

const Envelope = z.object({
  specversion: z.literal('1.0'),
  /** Version 7 and no other: consumers tell an event's age by it. */
  id: z.uuidv7('must be a UUIDv7').toLowerCase(),
  source: z.string(),
  type: z.enum(Object.keys(eventData) as [EventType, ...EventType[]]),
  subject: z.string(),
  time: Time,
  datacontenttype: z.literal('application/json').optional(),
  traceparent: z.string().optional(),
  data: z.unknown(),
});

/**
 * Parses what claims to be an event.
 * @throws z.ZodError when the envelope or its data does not fit the catalogue.
 */
export function parseEvent(input: unknown): AnyEvent {
  const envelope = Envelope.parse(input);
  return { ...envelope, data: eventData[envelope.type].parse(envelope.data) } as AnyEvent;
}
