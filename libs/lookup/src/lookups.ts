import { Injectable } from '@nestjs/common';

import type { Comment, Post, Profile } from '#contracts/generated/beckon/v1/beckon.js';
import { CodedError, type ErrorDefinition } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { Remotes } from '#grpc/remotes.js';
import { BatchedLookup, type Found } from '#lookup/batched-lookup.js';

/** Names and excerpts that are only shown may be this old, if their service is not slow; existence is always asked. */
const SHOWN_MS = 1_000;

/** Profiles, posts and comments of other services: what a request can't go on without, or shows if it can. */
@Injectable()
export class Lookups {
  private readonly profileLookup: BatchedLookup<Profile>;
  private readonly postLookup: BatchedLookup<Post>;
  private readonly commentLookup: BatchedLookup<Comment>;

  constructor(private readonly remotes: Remotes) {
    this.profileLookup = new BatchedLookup({
      batchSize: 500,
      cacheSize: 20_000,
      idOf: (profile) => profile.id,
      fetch: async (ids) =>
        (await this.remotes.profiles.call((client) => client.getProfiles, { ids })).profiles,
      isAway: () => this.remotes.profiles.state === 'degraded',
    });
    this.postLookup = new BatchedLookup({
      batchSize: 100,
      cacheSize: 10_000,
      idOf: (post) => post.id,
      fetch: async (ids) => (await this.remotes.posts.call((client) => client.getPosts, { ids })).posts,
      isAway: () => this.remotes.posts.state === 'degraded',
    });
    this.commentLookup = new BatchedLookup({
      batchSize: 100,
      cacheSize: 10_000,
      idOf: (comment) => comment.id,
      fetch: async (ids) =>
        (await this.remotes.comments.call((client) => client.getComments, { ids })).comments,
      isAway: () => this.remotes.comments.state === 'degraded',
    });
  }

  /** What can be had of these to be shown; what can't is left out. Never throws. */
  profiles(ids: Iterable<string>): Promise<ReadonlyMap<string, Profile>> {
    return this.profileLookup.glimpse(ids, SHOWN_MS);
  }

  posts(ids: Iterable<string>): Promise<ReadonlyMap<string, Post>> {
    return this.postLookup.glimpse(ids, SHOWN_MS);
  }

  comments(ids: Iterable<string>): Promise<ReadonlyMap<string, Comment>> {
    return this.commentLookup.glimpse(ids, SHOWN_MS);
  }

  /** A profile was changed in this process: its new name is shown at once, and elsewhere soon. */
  forgetProfile(id: string): void {
    this.profileLookup.forget(id);
  }

  /** A comment was changed in this process. */
  forgetComment(id: string): void {
    this.commentLookup.forget(id);
  }

  /** @throws CodedError of `missing` when there is no such post, DEPENDENCY_UNAVAILABLE when nobody can tell. */
  async requirePost(id: string, missing: ErrorDefinition): Promise<Post> {
    return required(id, await this.postLookup.find([id]), missing, 'post');
  }

  /** @throws CodedError of `missing` when there is no such comment, DEPENDENCY_UNAVAILABLE when nobody can tell. */
  async requireComment(id: string, missing: ErrorDefinition): Promise<Comment> {
    return required(id, await this.commentLookup.find([id]), missing, 'comment');
  }

  /**
   * Acting needs a profile. A profile once seen is good enough: people don't lose theirs in passing.
   * @throws CodedError PROFILE_REQUIRED, DEPENDENCY_UNAVAILABLE
   */
  async requireActor(id: string): Promise<Profile> {
    return (
      this.profileLookup.remembered(id) ??
      required(id, await this.profileLookup.find([id]), CommonErrors.PROFILE_REQUIRED, 'profile')
    );
  }
}

function required<V>(id: string, found: Found<V>, missing: ErrorDefinition, what: string): V {
  const value = found.values.get(id);
  if (value !== undefined) return value;
  if (found.failure === undefined) throw new CodedError(missing, `There is no ${what} ${id}.`);
  throw new CodedError(
    CommonErrors.DEPENDENCY_UNAVAILABLE,
    `Whether there is a ${what} ${id} cannot be told now.`,
    {
      cause: found.failure,
      retryAfterSeconds: 1,
    },
  );
}
