import type { EventsOf } from '#contracts/catalogue.js';
import type { BeckonEvent, EventData } from '#contracts/events.js';

export const verbs = [
  'reacted',
  'changed_reaction',
  'unreacted',
  'commented',
  'edited_comment',
  'removed_comment',
  'posted',
  'removed_post',
  'followed',
  'unfollowed',
] as const;
export type Verb = (typeof verbs)[number];

export const subjectKinds = ['post', 'comment', 'user'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** One line of a person's log: what they did, to what, when (RFC 3339). */
export interface Activity {
  readonly eventId: string;
  readonly userId: string;
  readonly verb: Verb;
  readonly subjectKind: SubjectKind;
  readonly subjectId: string;
  readonly at: string;
}

type Deed = Pick<Activity, 'verb' | 'subjectKind' | 'subjectId'>;
type UserEvent = EventsOf<'user'>;

/** The line that an event leaves in the log of who made it. */
export function activityOf<T extends UserEvent>(event: BeckonEvent<T>): Activity {
  const deed = deeds[event.type](event.data);
  return { eventId: event.id, userId: event.data.actorId, ...deed, at: event.time };
}

const deeds: { readonly [T in UserEvent]: (data: EventData<T>) => Deed } = {
  'reaction.added.v1': (reaction) => onSubject('reacted', reaction),
  'reaction.changed.v1': (reaction) => onSubject('changed_reaction', reaction),
  'reaction.removed.v1': (reaction) => onSubject('unreacted', reaction),
  'comment.added.v1': (comment) => onComment('commented', comment),
  'comment.edited.v1': (comment) => onComment('edited_comment', comment),
  'comment.removed.v1': (comment) => onComment('removed_comment', comment),
  'post.published.v1': (post) => onPost('posted', post),
  'post.removed.v1': (post) => onPost('removed_post', post),
  'user.followed.v1': (follow) => onUser('followed', follow),
  'user.unfollowed.v1': (follow) => onUser('unfollowed', follow),
};

const onSubject = (verb: Verb, { subjectKind, subjectId }: EventData<'reaction.removed.v1'>): Deed => ({
  verb,
  subjectKind,
  subjectId,
});
const onComment = (verb: Verb, { commentId }: EventData<'comment.removed.v1'>): Deed => ({
  verb,
  subjectKind: 'comment',
  subjectId: commentId,
});
const onPost = (verb: Verb, { postId }: EventData<'post.removed.v1'>): Deed => ({
  verb,
  subjectKind: 'post',
  subjectId: postId,
});
const onUser = (verb: Verb, { followeeId }: EventData<'user.followed.v1'>): Deed => ({
  verb,
  subjectKind: 'user',
  subjectId: followeeId,
});
