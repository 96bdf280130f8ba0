import { Module } from '@nestjs/common';

import { provideConsumer } from '#consumer/consumer.module.js';
import { DatabaseModule } from '#database/database.module.js';
import { providePrisma } from '#database/prisma.js';

import { CountHandler } from './count/count.handler.js';
import { CountRepository } from './count/count.repository.js';
import { PrismaClient } from './generated/prisma/client.js';
import { PostAnalyticsController } from './post-analytics/post-analytics.controller.js';
import { PostAnalyticsService } from './post-analytics/post-analytics.service.js';
import { SeriesRepository } from './post-analytics/series.repository.js';
import { TrendingController } from './trending/trending.controller.js';
import { TrendingRepository } from './trending/trending.repository.js';
import { TrendingService } from './trending/trending.service.js';

@Module({
  imports: [DatabaseModule.forService('analytics')],
  controllers: [PostAnalyticsController, TrendingController],
  providers: [
    providePrisma(PrismaClient),
    CountRepository,
    PostAnalyticsService,
    SeriesRepository,
    TrendingRepository,
    TrendingService,
    ...provideConsumer('analytics', CountHandler),
  ],
})
export class AnalyticsModule {}
