import type { Operation, Script } from '#testkit/load.js';
import type { Random } from '#testkit/random.js';

import type { Network } from './network.js';
import type { StandingComment } from './truth.js';

const TYPES = ['like', 'love', 'haha', 'wow', 'sad', 'angry'];
/** Follows that one request of the network's service makes. */
const BATCH_FOLLOWS = 25;

/** What people do and how often, as weights. */
export interface Mix {
  readonly react: number;
  readonly unreact: number;
  readonly comment: number;
  readonly follow: number;
  readonly unfollow: number;
  readonly publish: number;
  /** Many follows in one request, each an event. */
  readonly followMany: number;
}

export const USUAL_MIX: Mix = {
  react: 60,
  unreact: 12,
  comment: 12,
  follow: 10,
  unfollow: 5,
  publish: 1,
  followMany: 0,
};

/**
 * One script a connection. Whoever acts belongs to one connection, and so does each thread and each star: the order
 * of what was acknowledged is then the order in which it happened, and what must stand is exactly known.
 */
export function actsOf(network: Network, mix: Mix, connections: number, random: Random): Script[] {
  return Array.from({ length: connections }, (_, index) => {
    const own = <T>(all: readonly T[]) => all.filter((_one, at) => at % connections === index);
    const actor = new Acts(
      network,
      { people: own(network.people), threads: own(network.posts), stars: own(network.stars) },
      random.fork(index),
    );
    return () => actor.next(mix);
  });
}

interface Own {
  readonly people: readonly string[];
  readonly threads: readonly string[];
  readonly stars: readonly string[];
}

class Acts {
  private readonly thread: StandingComment[] = [];

  constructor(
    private readonly network: Network,
    private readonly own: Own,
    private readonly random: Random,
  ) {}

  next(mix: Mix): Operation {
    const weights = Object.entries(mix) as [keyof Mix, number][];
    let left = this.random.next() * weights.reduce((sum, [, weight]) => sum + weight, 0);
    const [kind] = weights.find(([, weight]) => (left -= weight) < 0) ?? ['react'];
    return this[kind]() ?? this.react();
  }

  private react(): Operation {
    const { truth } = this.network;
    const { actor, path, subject } = this.subject();
    const type = this.random.pick(TYPES);
    const done = ({ id }: Record<string, unknown>) => truth.reacted(subject, actor, String(id), type);
    return { actor, method: 'POST', path: `${path}/reactions`, body: { type }, done };
  }

  private unreact(): Operation {
    const { actor, path, subject } = this.subject();
    const done = () => this.network.truth.unreacted(subject, actor);
    return { actor, method: 'DELETE', path: `${path}/reactions/mine`, done };
  }

  private comment(): Operation | undefined {
    if (this.own.threads.length === 0) return undefined;
    const post = this.random.pick(this.own.threads);
    const actor = this.random.pick(this.own.people);
    const candidates = this.thread.filter((comment) => comment.post === post);
    const parent =
      candidates.length > 0 && this.random.next() < 0.4 ? this.random.pick(candidates) : undefined;
    const mentions = this.random.next() < 0.3 ? [this.random.pick(this.network.people)] : [];
    const body = {
      body: `So it is ${mentions.map((handle) => `@${handle}`).join(' ')}`.trim(),
      ...(parent === undefined ? {} : { parentId: parent.id }),
    };
    const done = ({ id }: Record<string, unknown>) => {
      const comment = { id: String(id), post, author: actor };
      this.thread.push(comment);
      this.network.truth.commented(comment, parent, mentions);
    };
    return { actor, method: 'POST', path: `/v1/posts/${post}/comments`, body, done };
  }

  private follow(): Operation {
    const [actor, followee] = this.pair();
    const done = () => this.network.truth.followed(actor, followee);
    return { actor, method: 'PUT', path: `/v1/me/following/${followee}`, done };
  }

  private unfollow(): Operation {
    const [actor, followee] = this.pair();
    const done = () => this.network.truth.unfollowed(actor, followee);
    return { actor, method: 'DELETE', path: `/v1/me/following/${followee}`, done };
  }

  private followMany(): Operation {
    const pairs = Array.from({ length: BATCH_FOLLOWS }, () => this.pair());
    const follows = pairs.map(([follower, followee]) => ({ follower, followee }));
    const done = () => {
      for (const [follower, followee] of pairs) this.network.truth.followed(follower, followee);
    };
    const body = { follows, notify: true };
    return { actor: 'network', service: true, method: 'POST', path: '/v1/batch/follows', body, done };
  }

  private publish(): Operation | undefined {
    if (this.own.stars.length === 0) return undefined;
    const actor = this.random.pick(this.own.stars);
    const mentions = [this.random.pick(this.network.people)];
    const done = ({ id }: Record<string, unknown>) =>
      this.network.truth.published(String(id), actor, mentions);
    return { actor, method: 'POST', path: '/v1/posts', body: { body: `News for @${mentions[0]}` }, done };
  }

  /** A post, or a comment that stands and is somebody else's; authors of posts never act. */
  private subject(): { actor: string; path: string; subject: string } {
    const { posts, truth } = this.network;
    const actor = this.random.pick(this.own.people);
    if (truth.comments.length > 0 && this.random.next() < 0.1) {
      const { id, author } = this.random.pick(truth.comments);
      if (author !== actor) return { actor, path: `/v1/comments/${id}`, subject: id };
    }
    const post = this.random.pick(posts);
    return { actor, path: `/v1/posts/${post}`, subject: post };
  }

  private pair(): [follower: string, followee: string] {
    const follower = this.random.pick(this.own.people);
    for (;;) {
      const followee = this.random.pick(this.network.followable);
      if (followee !== follower) return [follower, followee];
    }
  }
}
