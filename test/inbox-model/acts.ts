import type { NotificationEvent } from '../../apps/notification/src/tell/audience.js';

/** Why somebody is told, strongest first. */
export const reasons = ['mention', 'reply', 'comment', 'thread', 'post', 'follow', 'reaction'] as const;
export type Reason = (typeof reasons)[number];

/** Where an act appears for a reason: the key of its group and what that group is about. */
export type Place = readonly [key: string, subject: string];

/** What somebody did, as far as the inboxes have heard. Nothing here depends on the order in which they did. */
export interface Act {
  readonly id: string;
  readonly actor: string;
  readonly post: string | undefined;
  /** The comment that it answers or reacts to. */
  readonly parent: string | undefined;
  readonly places: Partial<Record<Reason, Place>>;
  /** Who is told by the event itself. */
  readonly direct: Partial<Record<Reason, readonly string[]>>;
  /** When it was done, as whoever hears of it next is told. */
  at: string;
  /** The newest version that told of it, and what that version said. */
  version: number;
  reaction: string | undefined;
  mentions: readonly string[];
  /** Who was asked for when it was told: followers, or the thread's. */
  crowd: Partial<Record<Reason, readonly string[]>>;
}

/** All acts that were told of, and the versions that removed them. */
export class Acts {
  private readonly told = new Map<string, Act>();
  private readonly removed = new Map<string, number>();

  /** @param crowd who else is told: followers of a post's author, or a comment's thread. */
  hear(event: NotificationEvent, crowd: readonly string[]): void {
    const { data } = event;
    switch (event.type) {
      case 'reaction.removed.v1':
        return this.remove(`reaction:${event.data.reactionId}`, data.version);
      case 'comment.removed.v1':
        return this.remove(`comment:${event.data.commentId}`, data.version);
      case 'post.removed.v1':
        return this.remove(`post:${event.data.postId}`, data.version);
      case 'user.unfollowed.v1':
        return this.remove(`follow:${data.actorId}:${event.data.followeeId}`, data.version);
      case 'thread.level_changed.v1':
        return;
      case 'reaction.added.v1':
      case 'reaction.changed.v1':
      case 'comment.added.v1':
      case 'comment.edited.v1':
      case 'post.published.v1':
      case 'user.followed.v1':
        return this.tell(actOf(event, crowd));
      default:
        return event satisfies never;
    }
  }

  all(): Iterable<Act> {
    return this.told.values();
  }

  /** The reasons for which a person hears of an act now. Nobody hears of their own. */
  reasonsOf(person: string, act: Act): Reason[] {
    const gone =
      act.actor === person ||
      this.isRemoved(act) ||
      (act.post !== undefined && this.removed.has(`post:${act.post}`));
    if (gone) return [];
    const parentGone = act.parent !== undefined && this.removed.has(`comment:${act.parent}`);
    return reasons.filter((reason) => {
      if (parentGone && (reason === 'reply' || reason === 'reaction')) return false;
      const told =
        reason === 'mention' ? act.mentions : [...(act.direct[reason] ?? []), ...(act.crowd[reason] ?? [])];
      return told.includes(person);
    });
  }

  private tell(act: Act): void {
    const known = this.told.get(act.id);
    if (known === undefined) {
      this.told.set(act.id, act);
      return;
    }
    Object.assign(known.crowd, act.crowd);
    if (!this.isRemoved(act)) known.at = act.at;
    if (act.version < known.version) return;
    known.version = act.version;
    known.reaction = act.reaction;
    known.mentions = act.mentions;
  }

  private isRemoved({ id, version }: Act): boolean {
    return (this.removed.get(id) ?? 0) >= version;
  }

  private remove(id: string, version: number): void {
    this.removed.set(id, Math.max(version, this.removed.get(id) ?? 0));
  }
}

type Telling = Exclude<
  NotificationEvent,
  { type: `${string}.removed.v1` | 'user.unfollowed.v1' | 'thread.level_changed.v1' }
>;

function actOf({ type, data }: Telling, crowd: readonly string[]): Act {
  const nothing = { post: undefined, parent: undefined, reaction: undefined, mentions: [], crowd: {} };
  const common = { ...nothing, actor: data.actorId, version: data.version };
  switch (type) {
    case 'reaction.added.v1':
    case 'reaction.changed.v1': {
      const subject = `${data.subjectKind}:${data.subjectId}`;
      return {
        ...common,
        id: `reaction:${data.reactionId}`,
        at: data.reactedAt,
        post: data.postId,
        parent: data.subjectKind === 'comment' ? data.subjectId : undefined,
        places: { reaction: [`reaction:${subject}`, subject] },
        direct: { reaction: [data.subjectAuthorId] },
        reaction: data.reaction,
      };
    }
    case 'comment.added.v1':
    case 'comment.edited.v1': {
      const { commentId: id, parentId: parent, postId: post } = data;
      return {
        ...common,
        id: `comment:${id}`,
        at: data.commentedAt,
        post,
        parent: parent ?? undefined,
        places: {
          mention: [`mention:${id}`, `comment:${id}`],
          reply: [`reply:${parent}`, `comment:${parent}`],
          comment: [`comment:${post}`, `post:${post}`],
          thread: [`thread:${post}`, `post:${post}`],
        },
        direct: {
          reply: data.parentAuthorId === null ? [] : [data.parentAuthorId],
          comment: [data.postAuthorId],
        },
        mentions: data.mentions,
        crowd: type === 'comment.added.v1' ? { thread: crowd } : {},
      };
    }
    case 'post.published.v1': {
      const subject = `post:${data.postId}`;
      return {
        ...common,
        id: subject,
        at: data.publishedAt,
        places: { mention: [`mention:${data.postId}`, subject], post: [`post:${data.actorId}`, subject] },
        direct: {},
        mentions: data.mentions,
        crowd: { post: crowd },
      };
    }
    case 'user.followed.v1':
      return {
        ...common,
        id: `follow:${data.actorId}:${data.followeeId}`,
        at: data.followedAt,
        places: { follow: ['follow', `user:${data.followeeId}`] },
        direct: { follow: [data.followeeId] },
      };
    default:
      return type satisfies never;
  }
}
