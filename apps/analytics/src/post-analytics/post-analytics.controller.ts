import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';

import { Endpoint } from '#http/endpoint.js';

import { PostAnalyticsErrors } from './post-analytics.errors.js';
import { PostAnalytics, PostPath, Series, SeriesQuery } from './post-analytics.schemas.js';
import { PostAnalyticsService } from './post-analytics.service.js';

@ApiTags('Analytics')
@Controller('v1/analytics/posts/:postId')
export class PostAnalyticsController {
  constructor(private readonly service: PostAnalyticsService) {}

  @Get()
  @Endpoint({
    summary: 'Counters of a post',
    description: 'Counted from events, so they follow what happens by a moment.',
    answers: { 200: PostAnalytics },
    errors: [PostAnalyticsErrors.ANALYTICS_POST_NOT_FOUND],
    caller: 'token',
  })
  read(@Param({ schema: PostPath }) { postId }: z.output<typeof PostPath>): Promise<PostAnalytics> {
    return this.service.read(postId);
  }

  @Get('series')
  @Endpoint({
    summary: 'Reactions or comments of a post over time',
    description:
      'Every UTC hour or day that the time touches, 1000 at most. What was taken back is taken from the time at which it was given, so that all points sum to the counter.',
    answers: { 200: Series },
    errors: [PostAnalyticsErrors.ANALYTICS_POST_NOT_FOUND],
    caller: 'token',
  })
  readSeries(
    @Param({ schema: PostPath }) { postId }: z.output<typeof PostPath>,
    @Query({ schema: SeriesQuery }) query: SeriesQuery,
  ): Promise<Series> {
    return this.service.readSeries(postId, query, Date.now());
  }
}
