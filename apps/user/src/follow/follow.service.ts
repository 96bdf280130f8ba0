import { Injectable } from '@nestjs/common';

import { Database, type Transaction } from '#database/database.js';
import { CodedError, type InputIssue } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { cutPage, type PageQuery, readCursor, TimeAndId } from '#http/paging.js';
import { Outbox } from '#outbox/outbox.js';

import { ProfileErrors } from '../profile/profile.errors.js';
import { FollowErrors } from './follow.errors.js';
import { FollowRepository, type RelatedRow } from './follow.repository.js';
import type { BatchFollowsRequest, FollowPair, RelatedUsers } from './follow.schemas.js';

/** Who follows whom. */
@Injectable()
export class FollowService {
  constructor(
    private readonly database: Database,
    private readonly follows: FollowRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Follows somebody; nothing happens twice. @throws CodedError FOLLOW_SELF, USER_NOT_FOUND, PROFILE_REQUIRED, BACKLOG_FULL */
  async follow(actorId: string, userId: string): Promise<void> {
    if (actorId === userId) throw new CodedError(FollowErrors.FOLLOW_SELF, 'You cannot follow yourself.');
    await this.change({ follower: actorId, followee: userId }, (tx, pair) =>
      this.follows.follow(tx, [pair], true),
    );
  }

  /** Stops following somebody; nothing happens twice. @throws CodedError USER_NOT_FOUND, PROFILE_REQUIRED, BACKLOG_FULL */
  async unfollow(actorId: string, userId: string): Promise<void> {
    await this.change({ follower: actorId, followee: userId }, (tx, pair) => this.follows.unfollow(tx, pair));
  }

  /**
   * Adds many follows, or none of them; those that are there stay as they are.
   * @returns how many are new.
   * @throws CodedError INVALID_INPUT that names everybody who is unknown; BACKLOG_FULL when it notifies.
   */
  async followBatch({ follows, notify }: BatchFollowsRequest): Promise<number> {
    if (notify) this.outbox.requireRoom();
    const pairs = [...new Map(follows.map((pair) => [`${pair.follower}:${pair.followee}`, pair])).values()];
    const created = await this.database.transaction(async (tx) => {
      const known = await this.follows.lockProfiles(
        tx,
        pairs.flatMap(({ follower, followee }) => [follower, followee]),
      );
      const issues = findUnknown(follows, known);
      if (issues.length > 0) {
        throw new CodedError(CommonErrors.INVALID_INPUT, 'Some of the users are unknown; see errors.', {
          issues,
        });
      }
      return this.follows.follow(tx, pairs, notify);
    });
    if (notify && created > 0) this.outbox.nudge();
    return created;
  }

  /** People whom a user follows, newest first. @throws CodedError INVALID_INPUT for a malformed cursor */
  async listFollowing(userId: string, { limit, cursor }: PageQuery): Promise<RelatedUsers> {
    const after = readCursor(cursor, TimeAndId);
    return toPage(await this.follows.listFollowing(this.database, userId, after, limit + 1), limit);
  }

  /** People who follow a user, newest first. @throws CodedError INVALID_INPUT for a malformed cursor */
  async listFollowers(userId: string, { limit, cursor }: PageQuery): Promise<RelatedUsers> {
    const after = readCursor(cursor, TimeAndId);
    return toPage(await this.follows.listFollowers(this.database, userId, after, limit + 1), limit);
  }

  private async change(
    pair: FollowPair,
    write: (tx: Transaction, pair: FollowPair) => Promise<number | boolean>,
  ): Promise<void> {
    this.outbox.requireRoom();
    const { follower, followee } = pair;
    const changed = await this.database.transaction(async (tx) => {
      const known = await this.follows.lockProfiles(tx, [follower, followee]);
      if (!known.has(followee)) {
        throw new CodedError(ProfileErrors.USER_NOT_FOUND, `There is no user ${followee}.`);
      }
      if (!known.has(follower)) {
        throw new CodedError(CommonErrors.PROFILE_REQUIRED, `There is no profile ${follower}.`);
      }
      return write(tx, pair);
    });
    if (changed) this.outbox.nudge();
  }
}

function findUnknown(follows: readonly FollowPair[], known: ReadonlySet<string>): InputIssue[] {
  return follows.flatMap((pair, index) =>
    (['follower', 'followee'] as const)
      .filter((side) => !known.has(pair[side]))
      .map((side) => ({ path: `body.follows.${index}.${side}`, message: 'there is no such user' })),
  );
}

function toPage(found: readonly RelatedRow[], limit: number): RelatedUsers {
  const { rows, page } = cutPage(found, limit, (row) => ({ at: row.followedAt, id: row.id }));
  return { users: rows.map((row) => ({ ...row, followedAt: row.followedAt.toISOString() })), page };
}
