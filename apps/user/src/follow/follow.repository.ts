import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';

import type { Queryable, Statement, Transaction } from '#database/database.js';
import { currentRequest } from '#logging/request-context.js';
import { emit } from '#outbox/emit.js';

import type { FollowPair } from './follow.schemas.js';

export type RelatedRow = {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly avatarUrl: string | null;
  readonly followedAt: Date;
};

/** Where a page begins; undefined is the first. */
export type After = { readonly at: string; readonly id: string } | undefined;

/** In byte order, so that A→B and B→A at once do not wait for each other. */
const LOCK_PROFILES: Statement = {
  name: 'follow-lock-profiles',
  text: `
    SELECT id FROM profile WHERE id = ANY ($1::text[]) ORDER BY id COLLATE "C" FOR NO KEY UPDATE`,
};

/** What every change of `changed` rows brings along: `$1` traceparent; a row without an event id tells nobody. */
const COUNT_AND_EMIT = `
    counted AS (
      UPDATE profile p
      SET follower_count = p.follower_count + delta.followers, following_count = p.following_count + delta.following
      FROM (
        SELECT id, sum(followers)::int AS followers, sum(following)::int AS following
        FROM changed, LATERAL (
          SELECT CASE outcome WHEN 'followed' THEN 1 ELSE -1 END
        ) AS one (step), LATERAL (
          VALUES (followee_id, step, 0), (follower_id, 0, step)
        ) AS side (id, followers, following)
        GROUP BY id
      ) AS delta
      WHERE p.id = delta.id
    ), ${emit({
      service: 'user',
      from: 'changed',
      when: 'event_id IS NOT NULL',
      id: 'event_id',
      traceparent: '$1::text',
      type: `'user.' || outcome || '.v1'`,
      aggregateType: `'follow'`,
      aggregateId: `follower_id || ':' || followee_id`,
      data: `jsonb_build_object(
        'actorId', follower_id, 'followeeId', followee_id, 'version', version, 'followedAt', followed_at)`,
    })}`;

/**
 * `followed_at` is cut and not rounded to what the column keeps: who followed before a post must not seem to
 * have followed after it.
 */
const FOLLOW: Statement = {
  name: 'follow-follow',
  text: `
    WITH given AS (
      SELECT * FROM unnest($2::text[], $3::text[], $4::uuid[]) AS given (follower_id, followee_id, event_id)
    ), saved AS (
      INSERT INTO follow AS f (follower_id, followee_id, outcome, followed_at)
      SELECT follower_id, followee_id, 'followed', date_trunc('milliseconds', now()) FROM given
      ON CONFLICT (follower_id, followee_id) DO UPDATE SET
        outcome = CASE WHEN f.removed THEN 'followed' ELSE 'same' END,
        version = f.version + f.removed::int,
        followed_at = CASE WHEN f.removed THEN excluded.followed_at ELSE f.followed_at END,
        removed = false
      RETURNING f.*
    ), changed AS (
      SELECT saved.*, given.event_id FROM saved JOIN given USING (follower_id, followee_id) WHERE outcome <> 'same'
    ), ${COUNT_AND_EMIT}
    SELECT 1 FROM changed`,
};

const UNFOLLOW: Statement = {
  name: 'follow-unfollow',
  text: `
    WITH changed AS (
      UPDATE follow SET removed = true, outcome = 'unfollowed', version = version + 1
      WHERE follower_id = $2 AND followee_id = $3 AND NOT removed
      RETURNING *, $4::uuid AS event_id
    ), ${COUNT_AND_EMIT}
    SELECT 1 FROM changed`,
};

const FOLLOWING = listStatement('follow-following', { mine: 'follower_id', theirs: 'followee_id' });
const FOLLOWERS = listStatement('follow-followers', { mine: 'followee_id', theirs: 'follower_id' });

/** `IS TRUE` keeps it from the index by time, by which all followers would be read and sorted for each page. */
const FOLLOWER_IDS: Statement = {
  name: 'follow-follower-ids',
  text: `
    SELECT follower_id AS id FROM follow
    WHERE followee_id = $1 AND follower_id > $2 AND NOT removed AND (followed_at <= $3) IS TRUE
    ORDER BY follower_id LIMIT $4`,
};

const ARE_FOLLOWING: Statement = {
  name: 'follow-are-following',
  text: `
    SELECT f.follower_id IS NOT NULL AS following
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS pair (follower_id, followee_id, n)
    LEFT JOIN LATERAL (
      SELECT * FROM follow
      WHERE follower_id = pair.follower_id AND followee_id = pair.followee_id AND NOT removed LIMIT 1) f ON true
    ORDER BY n`,
};

/** Who follows whom, each change written together with the counters and the event that tells of it. */
@Injectable()
export class FollowRepository {
  /**
   * Locks the profiles of people whose follows are about to change; before the change, in a statement of its own,
   * so that the change sees what those who held the locks did. Answers those that exist.
   */
  async lockProfiles(tx: Transaction, ids: Iterable<string>): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(LOCK_PROFILES, [[...new Set(ids)]]);
    return new Set(rows.map(({ id }) => id));
  }

  /** Adds those of the distinct pairs that are not there; both profiles must be locked. Answers how many. */
  async follow(tx: Transaction, pairs: readonly FollowPair[], notify: boolean): Promise<number> {
    const rows = await tx.query(FOLLOW, [
      currentRequest()?.traceparent ?? null,
      pairs.map(({ follower }) => follower),
      pairs.map(({ followee }) => followee),
      notify ? pairs.map(() => uuidv7()) : [],
    ]);
    return rows.length;
  }

  /** Marks a follow removed, if it is there; both profiles must be locked. Answers whether it was. */
  async unfollow(tx: Transaction, { follower, followee }: FollowPair): Promise<boolean> {
    const rows = await tx.query(UNFOLLOW, [
      currentRequest()?.traceparent ?? null,
      follower,
      followee,
      uuidv7(),
    ]);
    return rows.length > 0;
  }

  /** People whom a user follows, the newest follow first. */
  async listFollowing(database: Queryable, userId: string, after: After, take: number) {
    return database.query<RelatedRow>(FOLLOWING, pageValues(userId, after, take));
  }

  /** People who follow a user, the newest follow first. */
  async listFollowers(database: Queryable, userId: string, after: After, take: number) {
    return database.query<RelatedRow>(FOLLOWERS, pageValues(userId, after, take));
  }

  /** One page by id of those who follow somebody since `followedBefore` (RFC 3339) or earlier. */
  async listFollowerIds(
    database: Queryable,
    page: { userId: string; followedBefore: string; after: string; limit: number },
  ): Promise<string[]> {
    const { userId, after, followedBefore, limit } = page;
    const rows = await database.query<{ id: string }>(FOLLOWER_IDS, [userId, after, followedBefore, limit]);
    return rows.map(({ id }) => id);
  }

  /** Whether each pair follows, in the order of the pairs. */
  async areFollowing(database: Queryable, pairs: readonly FollowPair[]): Promise<boolean[]> {
    const rows = await database.query<{ following: boolean }>(ARE_FOLLOWING, [
      pairs.map(({ follower }) => follower),
      pairs.map(({ followee }) => followee),
    ]);
    return rows.map(({ following }) => following);
  }
}

/** One side of the relation. Without a cursor the page begins at the end of time: the index leads to either. */
function listStatement(name: string, { mine, theirs }: { mine: string; theirs: string }): Statement {
  return {
    name,
    text: `
      SELECT p.id, p.handle, p.display_name AS "displayName", p.avatar_url AS "avatarUrl",
        f.followed_at AS "followedAt"
      FROM follow f JOIN profile p ON p.id = f.${theirs}
      WHERE f.${mine} = $1 AND NOT f.removed
        AND (f.followed_at, f.${theirs}) < (coalesce($2::timestamptz, 'infinity'), $3::text)
      ORDER BY f.followed_at DESC, f.${theirs} DESC
      LIMIT $4`,
  };
}

function pageValues(userId: string, after: After, take: number): unknown[] {
  return [userId, after === undefined ? null : new Date(after.at), after?.id ?? '', take];
}
