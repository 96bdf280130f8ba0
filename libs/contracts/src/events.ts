import { z } from 'zod';

import { BeckonId, ClientId, Handle } from '#contracts/ids.js';

// Descriptions are what docs/events.md says of a field; `npm run docs:events` writes them there. A name has one meaning.

/** PostgreSQL writes times with microseconds and an offset. */
const Time = z.iso.datetime({ offset: true });
const Version = z
  .number()
  .int()
  .positive()
  .describe('Grows with each change of what the event is about. The highest wins, whatever came last.');
/** More mentions than this are text (api.md). */
export const MAX_MENTIONS = 50;
const Mentions = z
  .array(Handle)
  .max(MAX_MENTIONS)
  .describe(
    'Handles that the text mentions, whether or not anybody has them. All of them, also after an edit.',
  );
const ActorId = ClientId.describe(
  'Who reacted, commented, posted, followed or chose; also when somebody else took it away.',
);
const PostId = ClientId.describe('The post; of a comment or a reaction, the one that it is on.');
const PostAuthorId = ClientId.describe('Who wrote the post.');
const ReactionName = z.string().min(1).max(32);

const Reaction = z.object({
  reactionId: BeckonId.describe(
    'The same for one person and subject, also when it is taken back and given anew.',
  ),
  subjectKind: z.enum(['post', 'comment']).describe('What was reacted to.'),
  subjectId: z.string().min(1).max(64).describe('The id of that post or comment.'),
  subjectAuthorId: ClientId.describe('Who wrote that.'),
  postId: PostId,
  actorId: ActorId,
  reaction: ReactionName.describe('One of `REACTION_TYPES`; when it is taken back, the last one.'),
  version: Version,
  reactedAt: Time.describe('When the reaction was made; stays when its type changes.'),
});

const Comment = z.object({
  commentId: BeckonId.describe('The comment.'),
  postId: PostId,
  postAuthorId: PostAuthorId,
  parentId: BeckonId.nullable().describe('The comment that this one answers.'),
  parentAuthorId: ClientId.nullable().describe('Who wrote that comment.'),
  actorId: ActorId,
  version: Version,
  commentedAt: Time.describe('When the comment was made; stays when it is edited.'),
});

const Post = z.object({
  postId: PostId,
  actorId: ActorId,
  version: Version,
  publishedAt: Time.describe('When the post was made.'),
});

const Follow = z.object({
  actorId: ActorId,
  followeeId: ClientId.describe('Who is followed, or no more.'),
  version: Version,
  followedAt: Time.describe('When they began to follow.'),
});

/** What each event carries: ids, versions and handles mentioned; never profiles, texts or secrets. */
export const eventData = {
  'reaction.added.v1': Reaction,
  'reaction.changed.v1': Reaction.extend({
    previousReaction: ReactionName.describe('What it was before.'),
  }),
  'reaction.removed.v1': Reaction,
  'comment.added.v1': Comment.extend({ mentions: Mentions }),
  'comment.edited.v1': Comment.extend({ mentions: Mentions }),
  'comment.removed.v1': Comment,
  'post.published.v1': Post.extend({ mentions: Mentions }),
  'post.removed.v1': Post,
  'user.followed.v1': Follow,
  'user.unfollowed.v1': Follow,
  'thread.level_changed.v1': z.object({
    actorId: ActorId,
    postId: PostId,
    level: z.enum(['follow', 'mute', 'default']).describe('What they want of the comments on the post.'),
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
