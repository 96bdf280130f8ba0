import { Injectable } from '@nestjs/common';

import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { Lookups } from '#lookup/lookups.js';

import { PrismaClient } from '../generated/prisma/client.js';
import { PostAnalyticsErrors } from './post-analytics.errors.js';
import type { PostAnalytics, Series, SeriesQuery } from './post-analytics.schemas.js';
import { MAX_POINTS, seriesRange } from './series.js';
import { SeriesRepository } from './series.repository.js';

const NOTHING = { reactions: {}, comments: 0, commenters: 0, updatedAt: null };

/** What a post set off. */
@Injectable()
export class PostAnalyticsService {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly series: SeriesRepository,
    private readonly lookups: Lookups,
  ) {}

  /** Counters of a post. @throws CodedError ANALYTICS_POST_NOT_FOUND, DEPENDENCY_UNAVAILABLE when nobody can tell */
  async read(postId: string): Promise<PostAnalytics> {
    const counter = (await this.requireCounter(postId)) ?? NOTHING;
    const standing = Object.entries(counter.reactions as Record<string, number>).filter(
      ([, count]) => count !== 0,
    );
    return {
      postId,
      reactions: {
        total: standing.reduce((sum, [, count]) => sum + count, 0),
        byType: Object.fromEntries(standing),
      },
      comments: counter.comments,
      commenters: counter.commenters,
      updatedAt: counter.updatedAt?.toISOString() ?? null,
    };
  }

  /**
   * What was counted in each interval of a time, `now` in epoch milliseconds.
   * @throws CodedError INVALID_INPUT, ANALYTICS_POST_NOT_FOUND, DEPENDENCY_UNAVAILABLE when nobody can tell
   */
  async readSeries(postId: string, query: SeriesQuery, now: number): Promise<Series> {
    const range = seriesRange(query, now);
    if (range.points === 0) throw invalid('query.from', 'must be before `to`');
    if (range.points > MAX_POINTS) {
      throw invalid('query.from', `asks for ${range.points} points, ${MAX_POINTS} at most are answered`);
    }
    await this.requireCounter(postId);
    const points = await this.series.read(postId, query.metric, query.interval, range);
    return { points: points.map(({ at, value }) => ({ at: at.toISOString(), value })) };
  }

  /** The counter of a post that exists; null when nothing of it was counted yet. */
  private async requireCounter(postId: string) {
    const counter = await this.prisma.postCounter.findUnique({ where: { postId } });
    if (counter === null)
      await this.lookups.requirePost(postId, PostAnalyticsErrors.ANALYTICS_POST_NOT_FOUND);
    if (counter?.removed) {
      throw new CodedError(PostAnalyticsErrors.ANALYTICS_POST_NOT_FOUND, `There is no post ${postId}.`);
    }
    return counter;
  }
}

function invalid(path: string, message: string): CodedError {
  return new CodedError(CommonErrors.INVALID_INPUT, 'Some of the input is not valid; see errors.', {
    issues: [{ path, message }],
  });
}
