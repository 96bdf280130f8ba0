import { Injectable } from '@nestjs/common';

import { Database, type Statement } from '#database/database.js';

import type { TrendingPost } from './trending.schemas.js';

/** Only the oldest hour is partly inside the window; it weighs by the part that is. */
const TRENDING: Statement = {
  name: 'trending',
  text: `
    WITH bucket AS (
      SELECT post_id, metric, value,
        least(1, extract(epoch FROM hour + interval '1 hour' - (now() - $1 * interval '1 hour')) / 3600) AS weight
      FROM hour_bucket
      WHERE hour >= date_trunc('hour', now() - $1 * interval '1 hour', 'UTC')
    ), scored AS (
      SELECT post_id, round(sum(value * weight * CASE metric WHEN 'comments' THEN 2 ELSE 1 END), 3) AS score,
        coalesce(sum(value) FILTER (WHERE metric = 'reactions'), 0) AS reactions,
        coalesce(sum(value) FILTER (WHERE metric = 'comments'), 0) AS comments
      FROM bucket GROUP BY post_id
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
