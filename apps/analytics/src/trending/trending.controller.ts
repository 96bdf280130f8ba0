import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Endpoint } from '#http/endpoint.js';

import { TrendingPosts, TrendingQuery } from './trending.schemas.js';
import { TrendingService } from './trending.service.js';

@ApiTags('Analytics')
@Controller('v1/analytics/trending')
export class TrendingController {
  constructor(private readonly service: TrendingService) {}

  @Get()
  @Endpoint({
    summary: 'Posts with the most reactions and comments of late',
    description:
      'Counted by the hour. The score is reactions + 2 × comments, in which the oldest hour weighs by the part of it that is inside the window; `reactions` and `comments` are those of all the hours that the window touches.',
    answers: { 200: TrendingPosts },
    caller: 'token',
  })
  async list(@Query({ schema: TrendingQuery }) { window, limit }: TrendingQuery): Promise<TrendingPosts> {
    return { posts: await this.service.list(window, limit) };
  }
}
