import { LEDGER_RETENTION_DAYS } from '#consumer/envelope.js';
import type { EventsOf } from '#contracts/catalogue.js';
import type { AnyEvent, BeckonEvent, EventType } from '#contracts/events.js';

import { type Act, actId } from '../inbox/act.js';
import {
  commentPlacements,
  followPlacements,
  postPlacements,
  reactionPlacements,
} from '../inbox/placement.js';
import { Reason } from '../inbox/reasons.js';

/** People who are only known to another service, in pages by id. */
export type Crowd = 'followers' | 'thread';

/** An act that people are told of. */
export interface Telling {
  readonly kind: 'tell';
  readonly act: Act;
  /** Known from the event itself: id and reasons. */
  readonly direct: ReadonlyMap<string, number>;
  /** Handles, to be resolved; those people are told for the reason `mention`. */
  readonly mentions: readonly string[];
  readonly crowd: Crowd | null;
  /** Acts besides its own that must stand. */
  readonly dependsOn: readonly string[];
  /** So long after the act that inboxes may have forgotten it: only who still has it hears of the change. */
  readonly late: boolean;
  /** An edit: whoever was mentioned before and is not now, is no longer told for that. */
  readonly replacesMentions: boolean;
}

/** An act that is taken back. */
export interface Retraction {
  readonly kind: 'retract';
  readonly actId: string;
  readonly version: number;
  /** What else hangs on it, besides its own members. */
  readonly also: readonly RetractionPart[];
}

/** Which members a retraction is about: those of the act, those about it as a subject, those under it as a post. */
export type RetractionPart = 'act' | 'subject' | 'post';

/** A person's own wish about a thread. */
export interface ThreadWish {
  readonly kind: 'thread-level';
  readonly recipientId: string;
  readonly postId: string;
  readonly muted: boolean;
  readonly version: number;
}

export type Audience = Telling | Retraction | ThreadWish;

type Rules = { [T in EventsOf<'notification'>]: (event: BeckonEvent<T>) => Audience };

/** Who is told of which event, and why: the table of docs/architecture.md as code. Leaves nobody out but the actor. */
const rules: Rules = {
  'reaction.added.v1': tellOfReaction,
  'reaction.changed.v1': tellOfReaction,
  'reaction.removed.v1': ({ data }) => retract(actId.reaction(data.reactionId), data.version),
  'comment.added.v1': (event) => ({ ...tellOfComment(event), crowd: 'thread' }),
  'comment.edited.v1': (event) => ({ ...tellOfComment(event), replacesMentions: true }),
  'comment.removed.v1': ({ data }) => retract(actId.comment(data.commentId), data.version, ['subject']),
  'post.published.v1': ({ data }) => ({
    kind: 'tell',
    act: {
      id: actId.post(data.postId),
      actorId: data.actorId,
      version: data.version,
      at: data.publishedAt,
      postId: null,
      reaction: null,
      placements: postPlacements(data.postId, data.actorId),
    },
    direct: new Map(),
    mentions: data.mentions,
    crowd: 'followers',
    dependsOn: [],
    late: false,
    replacesMentions: false,
  }),
  'post.removed.v1': ({ data }) => retract(actId.post(data.postId), data.version, ['post']),
  'user.followed.v1': ({ data }) => ({
    kind: 'tell',
    act: {
      id: actId.follow(data.actorId, data.followeeId),
      actorId: data.actorId,
      version: data.version,
      at: data.followedAt,
      postId: null,
      reaction: null,
      placements: followPlacements(data.followeeId),
    },
    direct: tellUnlessSelf(data.actorId, [[data.followeeId, Reason.follow]]),
    mentions: [],
    crowd: null,
    dependsOn: [],
    late: false,
    replacesMentions: false,
  }),
  'user.unfollowed.v1': ({ data }) => retract(actId.follow(data.actorId, data.followeeId), data.version),
  'thread.level_changed.v1': ({ data }) => ({
    kind: 'thread-level',
    recipientId: data.actorId,
    postId: data.postId,
    muted: data.level === 'mute',
    version: data.version,
  }),
};

/** @returns who is told of an event, as far as the event itself says. */
export function audienceOf(event: AnyEvent<EventsOf<'notification'>>): Audience {
  return (rules[event.type] as (event: BeckonEvent) => Audience)(event);
}

function tellOfReaction({ time, data }: BeckonEvent<'reaction.added.v1' | 'reaction.changed.v1'>): Telling {
  const subjectAct = data.subjectKind === 'comment' ? [actId.comment(data.subjectId)] : [];
  return {
    kind: 'tell',
    act: {
      id: actId.reaction(data.reactionId),
      actorId: data.actorId,
      version: data.version,
      at: data.reactedAt,
      postId: data.postId,
      reaction: data.reaction,
      placements: reactionPlacements(data.subjectKind, data.subjectId),
    },
    direct: tellUnlessSelf(data.actorId, [[data.subjectAuthorId, Reason.reaction]]),
    mentions: [],
    crowd: null,
    dependsOn: [...subjectAct, actId.post(data.postId)],
    late: isLate(time, data.reactedAt),
    replacesMentions: false,
  };
}

function tellOfComment({ time, data }: BeckonEvent<'comment.added.v1' | 'comment.edited.v1'>): Telling {
  const reply: [string, number][] = data.parentAuthorId === null ? [] : [[data.parentAuthorId, Reason.reply]];
  return {
    kind: 'tell',
    act: {
      id: actId.comment(data.commentId),
      actorId: data.actorId,
      version: data.version,
      at: data.commentedAt,
      postId: data.postId,
      reaction: null,
      placements: commentPlacements(data.commentId, data.postId, data.parentId),
    },
    direct: tellUnlessSelf(data.actorId, [...reply, [data.postAuthorId, Reason.comment]]),
    mentions: data.mentions,
    crowd: null,
    dependsOn: [...(data.parentId === null ? [] : [actId.comment(data.parentId)]), actId.post(data.postId)],
    late: isLate(time, data.commentedAt),
    replacesMentions: false,
  };
}

/**
 * A change may come before what it changes, and then tells of it. Not so long after, when the act itself can't come any
 * more: who is told of it has forgotten it, if it is not in the inbox.
 */
function isLate(changedAt: string, actedAt: string): boolean {
  return Date.parse(changedAt) - Date.parse(actedAt) > LEDGER_RETENTION_DAYS * 86_400_000;
}

function retract(id: string, version: number, also: readonly RetractionPart[] = []): Retraction {
  return { kind: 'retract', actId: id, version, also };
}

function tellUnlessSelf(actorId: string, told: readonly [string, number][]): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const [recipientId, reason] of told) {
    if (recipientId !== actorId) reasons.set(recipientId, (reasons.get(recipientId) ?? 0) | reason);
  }
  return reasons;
}

/** The reason for which a crowd is told. */
export const crowdReason: Record<Crowd, number> = { followers: Reason.post, thread: Reason.thread };

export type NotificationEvent = AnyEvent<EventsOf<'notification'> & EventType>;
