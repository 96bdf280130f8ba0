import type { EventData } from '#contracts/events.js';
import { eventOf } from '#testkit/hand-made-event.js';

import type { NotificationEvent } from '../../apps/notification/src/tell/audience.js';
import { tally } from '../inbox-model/inbox.js';
import type { Model } from '../inbox-model/model.js';
import type { Level } from '../inbox-model/network.js';

export type Post = EventData<'post.published.v1'>;
export type Comment = EventData<'comment.added.v1'>;
export type Reaction = EventData<'reaction.added.v1'>;
/** What is reacted to. */
export type Subject = Pick<Reaction, 'subjectKind' | 'subjectId' | 'subjectAuthorId' | 'postId'>;

/**
 * Makes of what clients did the events that the design says it makes, and lets a model hear those. What the product
 * writes into its outboxes is not known here, so that an event that is wrong there makes a difference.
 */
export class Deeds {
  /** What stands, as its last event has it; comments and reactions, also those under a post that is gone. */
  readonly posts = new Map<string, Post>();
  readonly comments = new Map<string, Comment>();
  readonly reactions = new Map<string, Reaction>();
  private readonly levels = new Map<string, Level>();
  private readonly versions = new Map<string, number>();

  constructor(readonly model: Model) {}

  publish(actorId: string, postId: string, mentions: string[]): void {
    const post = { postId, actorId, version: this.next(postId), publishedAt: now(), mentions };
    this.posts.set(postId, post);
    this.happened(eventOf('post.published.v1', post));
  }

  removePost(post: Post): void {
    this.posts.delete(post.postId);
    this.happened(eventOf('post.removed.v1', { ...post, version: this.next(post.postId) }));
  }

  comment(
    actorId: string,
    commentId: string,
    { postId, actorId: postAuthorId }: Post,
    parent: Comment | undefined,
    mentions: string[],
  ): void {
    const [parentId, parentAuthorId] = [parent?.commentId ?? null, parent?.actorId ?? null];
    const to = { postId, postAuthorId, parentId, parentAuthorId };
    const comment = {
      ...to,
      commentId,
      actorId,
      version: this.next(commentId),
      commentedAt: now(),
      mentions,
    };
    this.comments.set(commentId, comment);
    this.happened(eventOf('comment.added.v1', comment));
  }

  edit(comment: Comment, mentions: string[]): void {
    const edited = { ...comment, version: this.next(comment.commentId), mentions };
    this.comments.set(comment.commentId, edited);
    this.happened(eventOf('comment.edited.v1', edited));
  }

  removeComment(comment: Comment): void {
    this.comments.delete(comment.commentId);
    this.happened(eventOf('comment.removed.v1', { ...comment, version: this.next(comment.commentId) }));
  }

  react(actorId: string, subject: Subject, reaction: string): void {
    const reactionId = `${actorId} ${subject.subjectKind}:${subject.subjectId}`;
    const before = this.reactions.get(reactionId);
    if (before?.reaction === reaction) return;
    const reactedAt = before?.reactedAt ?? now();
    const data = { ...subject, reactionId, actorId, reaction, version: this.next(reactionId), reactedAt };
    this.reactions.set(reactionId, data);
    if (before === undefined) this.happened(eventOf('reaction.added.v1', data));
    else this.happened(eventOf('reaction.changed.v1', { ...data, previousReaction: before.reaction }));
  }

  unreact(reaction: Reaction): void {
    this.reactions.delete(reaction.reactionId);
    this.happened(eventOf('reaction.removed.v1', { ...reaction, version: this.next(reaction.reactionId) }));
  }

  follow(actorId: string, followeeId: string): void {
    const pair = `${actorId} ${followeeId}`;
    if (this.follows.has(pair)) return;
    const data = { actorId, followeeId, version: this.next(pair), followedAt: now() };
    this.happened(eventOf('user.followed.v1', data));
  }

  unfollow(actorId: string, followeeId: string): void {
    const pair = `${actorId} ${followeeId}`;
    const followedAt = this.follows.get(pair) ?? now();
    const data = { actorId, followeeId, version: this.next(pair), followedAt };
    this.happened(eventOf('user.unfollowed.v1', data));
  }

  setLevel(actorId: string, { postId }: Post, level: Level): void {
    const thread = `${actorId} ${postId}`;
    if ((this.levels.get(thread) ?? 'default') === level) return;
    this.levels.set(thread, level);
    const data = { actorId, postId, level, version: this.next(`thread ${thread}`) };
    this.happened(eventOf('thread.level_changed.v1', data));
  }

  /** `a b`: a follows b. */
  get follows(): ReadonlyMap<string, string> {
    return this.model.network.follows;
  }

  followCounts(person: string): { followers: number; following: number } {
    const pairs = [...this.follows.keys()].map((pair) => pair.split(' '));
    return {
      followers: pairs.filter(([, followee]) => followee === person).length,
      following: pairs.filter(([follower]) => follower === person).length,
    };
  }

  analytics({ postId }: Post) {
    const reactions = [...this.reactions.values()].filter(
      ({ subjectKind, subjectId }) => subjectKind === 'post' && subjectId === postId,
    );
    const comments = [...this.comments.values()].filter((comment) => comment.postId === postId);
    return {
      reactions: { total: reactions.length, byType: tally(reactions.map(({ reaction }) => reaction)) },
      comments: comments.length,
      commenters: new Set(comments.map(({ actorId }) => actorId)).size,
    };
  }

  private next(id: string): number {
    const version = (this.versions.get(id) ?? 0) + 1;
    this.versions.set(id, version);
    return version;
  }

  private happened(event: NotificationEvent): void {
    this.model.network.happened(event);
    this.model.settle([event]);
  }
}

/** A post as what is reacted to. */
export function postSubject({ postId, actorId }: Post): Subject {
  return { subjectKind: 'post', subjectId: postId, subjectAuthorId: actorId, postId };
}

/** A comment as what is reacted to. */
export function commentSubject({ commentId, postId, actorId }: Comment): Subject {
  return { subjectKind: 'comment', subjectId: commentId, subjectAuthorId: actorId, postId };
}

function now(): string {
  return new Date().toISOString();
}
