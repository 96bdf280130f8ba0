import { Injectable } from '@nestjs/common';

import type { Statement, Transaction } from '#database/database.js';

import type { Deltas } from './deltas.js';

/**
 * Adds to everything at once. Locks are taken table by table, each in byte order: hour_bucket is the main query and
 * comes first; post_counter needs `moved`, whose grouping takes in all of commenter before it answers a row.
 * An upsert adds to the row as it is now, not as the snapshot has it, so what others added to a hot post meanwhile
 * is kept.
 */
const ADD: Statement = {
  name: 'count-add',
  text: `
    WITH said AS (
      SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) AS said (post_id, user_id, comments)
    ), saved AS (
      INSERT INTO commenter AS c (post_id, user_id, comments)
      SELECT post_id, user_id, comments FROM said ORDER BY post_id COLLATE "C", user_id COLLATE "C"
      ON CONFLICT (post_id, user_id) DO UPDATE SET comments = c.comments + excluded.comments
      RETURNING post_id, user_id, comments
    ), moved AS (
      SELECT post_id,
        sum((saved.comments > 0)::int - (saved.comments - said.comments > 0)::int)::int AS commenters
      FROM saved JOIN said USING (post_id, user_id) GROUP BY post_id
    ), counted AS (
      INSERT INTO post_counter AS p (post_id, reactions, comments, commenters, removed, updated_at)
      SELECT post_id, reactions, comments, coalesce(commenters, 0), removed, updated_at
      FROM unnest($4::text[], $5::jsonb[], $6::int[], $7::boolean[], $8::timestamptz[])
        AS given (post_id, reactions, comments, removed, updated_at)
      LEFT JOIN moved USING (post_id)
      ORDER BY post_id COLLATE "C"
      ON CONFLICT (post_id) DO UPDATE SET
        reactions = (
          SELECT coalesce(jsonb_object_agg(type, count), '{}') FROM (
            SELECT type, sum(value::int) AS count FROM (
              SELECT * FROM jsonb_each_text(p.reactions)
              UNION ALL SELECT * FROM jsonb_each_text(excluded.reactions)
            ) AS part (type, value) GROUP BY type
          ) AS total WHERE count <> 0),
        comments = p.comments + excluded.comments,
        commenters = p.commenters + excluded.commenters,
        removed = p.removed OR excluded.removed,
        updated_at = greatest(p.updated_at, excluded.updated_at)
    )
    INSERT INTO hour_bucket AS b (post_id, metric, hour, value)
    SELECT post_id, metric, hour, value
    FROM unnest($9::text[], $10::text[], $11::timestamptz[], $12::int[]) AS given (post_id, metric, hour, value)
    ORDER BY post_id COLLATE "C", metric COLLATE "C", hour
    ON CONFLICT (post_id, metric, hour) DO UPDATE SET value = b.value + excluded.value`,
};

/** Counters of posts, their hours and their commenters. */
@Injectable()
export class CountRepository {
  /** Adds sums of many events; what must not be added twice is for the ledger in the same transaction to say. */
  async add(tx: Transaction, { counters, commenters, buckets }: Deltas): Promise<void> {
    await tx.query(ADD, [
      commenters.map(({ postId }) => postId),
      commenters.map(({ userId }) => userId),
      commenters.map(({ comments }) => comments),
      counters.map(({ postId }) => postId),
      counters.map(({ reactions }) => JSON.stringify(Object.fromEntries(reactions))),
      counters.map(({ comments }) => comments),
      counters.map(({ removed }) => removed),
      counters.map(({ at }) => new Date(at)),
      buckets.map(({ postId }) => postId),
      buckets.map(({ metric }) => metric),
      buckets.map(({ hour }) => new Date(hour)),
      buckets.map(({ value }) => value),
    ]);
  }
}
