import { Module } from '@nestjs/common';

import { provideConsumer } from '#consumer/consumer.module.js';
import { DatabaseModule } from '#database/database.module.js';
import { providePrisma } from '#database/prisma.js';
import { OutboxModule } from '#outbox/outbox.module.js';

import { ActivityController } from './activity/activity.controller.js';
import { ActivityHandler } from './activity/activity.handler.js';
import { ActivityRepository } from './activity/activity.repository.js';
import { ActivityService } from './activity/activity.service.js';
import { FollowController } from './follow/follow.controller.js';
import { FollowGrpcController } from './follow/follow.grpc.controller.js';
import { FollowRepository } from './follow/follow.repository.js';
import { FollowService } from './follow/follow.service.js';
import { PrismaClient } from './generated/prisma/client.js';
import { ProfileController } from './profile/profile.controller.js';
import { ProfileGrpcController } from './profile/profile.grpc.controller.js';
import { ProfileRepository } from './profile/profile.repository.js';
import { ProfileService } from './profile/profile.service.js';

@Module({
  imports: [DatabaseModule.forService('user'), OutboxModule.forService('user')],
  controllers: [
    ProfileController,
    ProfileGrpcController,
    FollowController,
    FollowGrpcController,
    ActivityController,
  ],
  providers: [
    providePrisma(PrismaClient),
    ProfileRepository,
    ProfileService,
    FollowRepository,
    FollowService,
    ActivityRepository,
    ActivityService,
    ...provideConsumer('user', ActivityHandler),
  ],
})
export class UserModule {}
