import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';

import { Database, type Queryable, type Statement } from '#database/database.js';
import { currentRequest } from '#logging/request-context.js';
import { emit } from '#outbox/emit.js';

import type { ThreadLevel } from './threads.schemas.js';

/**
 * A row is never deleted: the one of a person who is back at `default` keeps the version, so that the next change is
 * newer. Who never was elsewhere has none.
 */
const SAVE: Statement = {
  name: 'thread-level-save',
  text: `
    WITH saved AS (
      INSERT INTO thread_level AS t (user_id, post_id, level, outcome)
      SELECT $3, $4, $5, 'changed'
      WHERE $5 <> 'default' OR EXISTS (SELECT FROM thread_level WHERE user_id = $3 AND post_id = $4)
      ON CONFLICT (user_id, post_id) DO UPDATE SET
        outcome = CASE WHEN t.level <> excluded.level THEN 'changed' ELSE 'same' END,
        level = excluded.level,
        version = t.version + (t.level <> excluded.level)::int,
        updated_at = CASE WHEN t.level <> excluded.level THEN now() ELSE t.updated_at END
      RETURNING t.*
    ), ${emit({
      service: 'comment',
      from: 'saved',
      when: `outcome = 'changed'`,
      id: '$1::uuid',
      traceparent: '$2::text',
      type: `'thread.level_changed.v1'`,
      aggregateType: `'thread'`,
      aggregateId: `user_id || ':' || post_id`,
      data: `jsonb_build_object('actorId', user_id, 'postId', post_id, 'level', level, 'version', version)`,
    })}
    SELECT outcome FROM saved`,
};

/**
 * A page of each kind of follower is read in the order of its index, (post_id, author_id) and (post_id, user_id),
 * and the two are merged. A post may have a million comments where the planner expects a few. Three things keep it
 * from plans that read and sort all of them for every page: NOT (… >= …) for (… < …) from the index by time, the level
 * in a subquery from a join, and a limit that it can't see from taking the page for larger than the post.
 */
const LIST_FOLLOWERS: Statement = {
  name: 'thread-followers-list',
  text: `
    WITH told AS (
      SELECT id, post_id, author_id, created_at FROM comment WHERE id = $1::uuid AND removed_at IS NULL
    )
    SELECT follower.id
    FROM told CROSS JOIN LATERAL (
      (
        SELECT DISTINCT earlier.author_id AS id FROM comment AS earlier
        WHERE earlier.post_id = told.post_id AND earlier.author_id > $2 AND earlier.author_id <> told.author_id
          AND earlier.removed_at IS NULL AND NOT (earlier.created_at, earlier.id) >= (told.created_at, told.id)
          AND (
            SELECT level FROM thread_level WHERE user_id = earlier.author_id AND post_id = told.post_id
          ) IS DISTINCT FROM 'mute'
        ORDER BY earlier.author_id
        LIMIT (SELECT $3::int)
      ) UNION (
        SELECT user_id FROM thread_level
        WHERE post_id = told.post_id AND user_id > $2 AND user_id <> told.author_id AND level = 'follow'
        ORDER BY user_id
        LIMIT (SELECT $3::int)
      )
    ) AS follower
    ORDER BY follower.id
    LIMIT $3`,
};

/** Thread levels, each change written together with the event that tells of it; and who follows a thread. */
@Injectable()
export class ThreadsRepository {
  constructor(private readonly database: Database) {}

  /** Sets somebody's level for a post. Answers whether that changed it. */
  async save(database: Queryable, userId: string, postId: string, level: ThreadLevel): Promise<boolean> {
    const [row] = await database.query<{ outcome: 'changed' | 'same' }>(SAVE, [
      uuidv7(),
      currentRequest()?.traceparent ?? null,
      userId,
      postId,
      level,
    ]);
    return row?.outcome === 'changed';
  }

  /**
   * One page of who hears of a comment: those who commented on its post before it and those who follow the thread,
   * less those who mute it and its author. None for a comment that is unknown or removed.
   * @param after the last id of the page before, or empty.
   * @returns user ids, in the order of the database's collation.
   */
  async listFollowers(commentId: string, after: string, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(LIST_FOLLOWERS, [commentId, after, limit]);
    return rows.map((row) => row.id);
  }
}
