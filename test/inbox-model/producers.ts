import { setTimeout as pause } from 'node:timers/promises';

import { eventsOf } from '#contracts/catalogue.js';
import { isInfrastructureError } from '#errors/infrastructure.js';

import { CommentsService } from '../../apps/comment/src/comments/comments.service.js';
import { ThreadsService } from '../../apps/comment/src/threads/threads.service.js';
import type { NotificationEvent } from '../../apps/notification/src/tell/audience.js';
import { PostsService } from '../../apps/post/src/posts/posts.service.js';
import { ReactService } from '../../apps/reaction/src/react/react.service.js';
import { FollowService } from '../../apps/user/src/follow/follow.service.js';
import type { Host } from './host.js';
import type { Model } from './model.js';
import type { Comment, Post } from './network.js';
import type { Index, Producing } from './steps.js';

const LIMIT_MS = 15_000;
const RETRY_MS = 100;

type Producer = 'user' | 'post' | 'comment' | 'reaction';

/** Lets people do things through the producing services and takes the events from their outboxes. */
export class Producers {
  /** All of these people's events, in the order of their making. */
  readonly events: NotificationEvent[] = [];
  private readonly latest = new Map<Producer, string>();
  private texts = 0;

  constructor(
    private readonly host: Host,
    private readonly model: Model,
  ) {}

  async act(step: Producing): Promise<void> {
    const producer = await this.insist(() => this.do(step));
    if (producer !== undefined) await this.collect(producer);
  }

  /** On a busy machine a look-up may miss its deadline: then nothing is stored, and it is tried again. */
  private async insist<T>(work: () => Promise<T>): Promise<T> {
    const until = performance.now() + LIMIT_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isInfrastructureError(error) || performance.now() > until) throw error;
        await pause(RETRY_MS);
      }
    }
  }

  /** @returns whose events there may be now; undefined when there was nothing to do it with. */
  private async do(step: Producing): Promise<Producer | undefined> {
    const { app } = this.host;
    const { network, people } = this.model;
    const me = 'by' in step ? at(people, step.by) : undefined;
    switch (step.do) {
      case 'post':
        if (me === undefined) return undefined;
        await app.get(PostsService).publish(me, { body: this.text(step.mentions) }, undefined);
        return 'post';
      case 'remove post': {
        const post = at(this.posts, step.post);
        if (post === undefined) return undefined;
        await app.get(PostsService).remove(post.author, post.id);
        return 'post';
      }
      case 'comment':
        return this.comment(me, at(this.posts, step.post)?.id, undefined, step.mentions);
      case 'reply': {
        const parent = at(this.comments, step.comment);
        return this.comment(me, parent?.post, parent?.id, step.mentions);
      }
      case 'edit': {
        const comment = at(this.comments, step.comment);
        if (comment === undefined) return undefined;
        await app.get(CommentsService).edit(comment.author, comment.id, this.text(step.mentions));
        return 'comment';
      }
      case 'remove comment': {
        const comment = at(this.comments, step.comment);
        if (comment === undefined) return undefined;
        await app.get(CommentsService).remove(comment.author, comment.id);
        return 'comment';
      }
      case 'react': {
        const subject = at(step.to === 'post' ? this.posts : this.comments, step.which);
        return this.react(me, subject && { kind: step.to, id: subject.id }, step.type);
      }
      case 'change': {
        const reaction = at(this.reactions, step.reaction);
        return this.react(reaction?.actor, reaction, step.type);
      }
      case 'un-react': {
        const reaction = at([...network.reactions.values()], step.reaction);
        if (reaction === undefined) return undefined;
        await app.get(ReactService).unreact(reaction.actor, { kind: reaction.kind, id: reaction.id });
        return 'reaction';
      }
      case 'follow': {
        const whom = at(people, step.whom);
        if (me === undefined || whom === undefined || me === whom) return undefined;
        await app.get(FollowService).follow(me, whom);
        return 'user';
      }
      case 'unfollow': {
        const [follower, followee] = at([...network.follows.keys()], step.follow)?.split(' ') ?? [];
        if (follower === undefined || followee === undefined) return undefined;
        await app.get(FollowService).unfollow(follower, followee);
        return 'user';
      }
      case 'thread': {
        const post = at(this.posts, step.post);
        if (me === undefined || post === undefined) return undefined;
        await app.get(ThreadsService).setLevel(me, post.id, step.level);
        return 'comment';
      }
      default:
        return step satisfies never;
    }
  }

  private async comment(
    me: string | undefined,
    postId: string | undefined,
    parentId: string | undefined,
    mentions: readonly Index[],
  ): Promise<Producer | undefined> {
    if (me === undefined || postId === undefined) return undefined;
    const request = { body: this.text(mentions), ...(parentId === undefined ? {} : { parentId }) };
    await this.host.app.get(CommentsService).add(me, postId, request, undefined);
    return 'comment';
  }

  private async react(
    me: string | undefined,
    subject: { kind: 'post' | 'comment'; id: string } | undefined,
    type: string,
  ): Promise<Producer | undefined> {
    if (me === undefined || subject === undefined) return undefined;
    const { kind, id } = subject;
    await this.host.app.get(ReactService).react(me, { kind, id }, type, undefined);
    return 'reaction';
  }

  /** The events that the last step made, from the producer's outbox. */
  private async collect(producer: Producer): Promise<void> {
    const rows = await this.host.database.query<{ payload: NotificationEvent }>(
      `SELECT payload FROM "${producer}".outbox
       WHERE id > $1 AND payload -> 'data' ->> 'actorId' = ANY($2) AND type = ANY($3) ORDER BY id`,
      [
        this.latest.get(producer) ?? '00000000-0000-0000-0000-000000000000',
        this.model.people,
        eventsOf('notification'),
      ],
    );
    for (const { payload } of rows) {
      this.latest.set(producer, payload.id);
      this.events.push(payload);
      this.model.network.happened(payload);
    }
  }

  /** No two texts are the same, or an edit would be none. */
  private text(mentions: readonly Index[]): string {
    const handles = mentions.map((index) => at([...this.model.people, 'nobody'], index));
    return [`text ${++this.texts}`, ...handles.map((handle) => `@${handle}`)].join(' ');
  }

  private get posts(): Post[] {
    return [...this.model.network.posts.values()];
  }

  private get comments(): Comment[] {
    return this.model.network.comments;
  }

  /** Those whose subject stands. */
  private get reactions() {
    const { network } = this.model;
    const standing = new Set([...this.posts, ...this.comments].map(({ id }) => id));
    return [...network.reactions.values()].filter(({ id }) => standing.has(id));
  }
}

/** One of those, if there are any. */
export function at<T>(from: readonly T[], index: Index): T | undefined {
  return from[index % from.length];
}
