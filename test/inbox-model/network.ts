import type { AnyEvent } from '#contracts/events.js';

export type Level = 'follow' | 'mute' | 'default';

export interface Post {
  readonly id: string;
  readonly author: string;
}

export interface Comment extends Post {
  readonly post: string;
}

export interface Reaction {
  readonly actor: string;
  readonly kind: 'post' | 'comment';
  readonly id: string;
}

/** What stands in the network now, whoever has been told of it: learnt from the events in the order of their making. */
export class Network {
  readonly posts = new Map<string, Post>();
  readonly reactions = new Map<string, Reaction>();
  /** `a b`: a follows b, and since when. */
  readonly follows = new Map<string, string>();
  /** In the order of their making, removed ones left out. */
  private readonly said = new Map<string, Comment>();
  private readonly levels = new Map<string, Level>();

  happened(event: AnyEvent): void {
    const { type, data } = event;
    switch (type) {
      case 'post.published.v1':
        this.posts.set(data.postId, { id: data.postId, author: data.actorId });
        return;
      case 'post.removed.v1':
        this.posts.delete(data.postId);
        return;
      case 'comment.added.v1':
        this.said.set(data.commentId, { id: data.commentId, author: data.actorId, post: data.postId });
        return;
      case 'comment.removed.v1':
        this.said.delete(data.commentId);
        return;
      case 'reaction.added.v1':
        this.reactions.set(data.reactionId, {
          actor: data.actorId,
          kind: data.subjectKind,
          id: data.subjectId,
        });
        return;
      case 'reaction.removed.v1':
        this.reactions.delete(data.reactionId);
        return;
      case 'user.followed.v1':
        this.follows.set(`${data.actorId} ${data.followeeId}`, data.followedAt);
        return;
      case 'user.unfollowed.v1':
        this.follows.delete(`${data.actorId} ${data.followeeId}`);
        return;
      case 'thread.level_changed.v1':
        this.levels.set(`${data.actorId} ${data.postId}`, data.level);
        return;
      case 'comment.edited.v1':
      case 'reaction.changed.v1':
        return;
      default:
        event satisfies never;
    }
  }

  /** Comments whose post stands too. */
  get comments(): Comment[] {
    return [...this.said.values()].filter(({ post }) => this.posts.has(post));
  }

  /** Who hears of a comment because of its thread: earlier commenters and who asked to, less who muted it. */
  threadOf(commentId: string, people: readonly string[]): string[] {
    const comments = [...this.said.values()];
    const at = comments.findIndex(({ id }) => id === commentId);
    const comment = comments[at];
    if (comment === undefined) return [];
    const earlier = comments.slice(0, at).filter(({ post }) => post === comment.post);
    return people.filter((person) => {
      const level = this.levels.get(`${person} ${comment.post}`) ?? 'default';
      return level === 'follow' || (level === 'default' && earlier.some(({ author }) => author === person));
    });
  }

  /** Who follows somebody and did so at a time. */
  followersOf(author: string, at: string, people: readonly string[]): string[] {
    return people.filter((person) => {
      const since = this.follows.get(`${person} ${author}`);
      return since !== undefined && Date.parse(since) <= Date.parse(at);
    });
  }
}
