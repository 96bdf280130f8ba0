import { Injectable } from '@nestjs/common';

import { Database, type Statement } from '#database/database.js';

import type { TrendingPost } from './trending.schemas.js';

/**
 * Only the oldest hour is partly inside the window; of its points those are taken off that weigh for the part
 * outside. Points are whole numbers until then, which PostgreSQL adds up several times as fast as fractions.
 */
const TRENDING: Statement = {
  name: 'trending',
  text: `
    WITH span AS (
      SELECT date_trunc('hour', since, 'UTC') AS oldest,
        extract(epoch FROM since - date_trunc('hour', since, 'UTC')) / 3600 AS outside
      FROM (SELECT now() - $1 * interval '1 hour') AS clock (since)
    ), counted AS (
      SELECT post_id,
        coalesce(sum(value) FILTER (WHERE metric = 'reactions'), 0) AS reactions,
        coalesce(sum(value) FILTER (WHERE metric = 'comments'), 0) AS comments,
        coalesce(sum(CASE metric WHEN 'comments' THEN 2 * value ELSE value END)
          FILTER (WHERE hour = (SELECT oldest FROM span)), 0) AS oldest_points
      FROM hour_bucket WHERE hour >= (SELECT oldest FROM span)
      GROUP BY post_id
    ), scored AS (
      SELECT counted.*, round(reactions + 2 * comments - oldest_points * outside, 3) AS score FROM counted, span
    )
    SELECT post_id AS "postId", score::float8 AS score, scored.reactions, scored.comments
    FROM scored JOIN post_counter USING (post_id)
    WHERE score > 0 AND NOT removed
    ORDER BY scored.score DESC, post_id
    LIMIT $2`,
};

/** What most is said about now. */
@Injectable()
export class TrendingRepository {
  constructor(private readonly database: Database) {}

  /** The posts with the highest score in the last hours, highest first. */
  async list(hours: number, limit: number): Promise<TrendingPost[]> {
    return this.database.query<TrendingPost>(TRENDING, [hours, limit]);
  }
}
