import { Injectable } from '@nestjs/common';

import { Database, type Statement } from '#database/database.js';

import type { Metric } from '../count/deltas.js';
import { type Interval, intervalMs, type SeriesRange } from './series.js';

export type Point = { readonly at: Date; readonly value: number };

const SERIES: Statement = {
  name: 'series',
  text: `
    SELECT at, coalesce(value, 0) AS value
    FROM generate_series($4::timestamptz, $5::timestamptz, $6 * interval '1 millisecond') AS at
    LEFT JOIN (
      SELECT date_trunc($3, hour, 'UTC') AS at, sum(value) AS value FROM hour_bucket
      WHERE post_id = $1 AND metric = $2 AND hour >= $4 AND hour < $5::timestamptz + $6 * interval '1 millisecond'
      GROUP BY 1
    ) AS counted USING (at)
    ORDER BY at`,
};

/** What was counted over time. */
@Injectable()
export class SeriesRepository {
  constructor(private readonly database: Database) {}

  /** One point for each interval of the range, those in which nothing happened included. */
  async read(postId: string, metric: Metric, interval: Interval, range: SeriesRange): Promise<Point[]> {
    return this.database.query(SERIES, [
      postId,
      metric,
      interval,
      new Date(range.first),
      new Date(range.last),
      intervalMs[interval],
    ]);
  }
}
