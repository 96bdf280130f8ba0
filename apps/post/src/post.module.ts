import { Module } from '@nestjs/common';

import { DatabaseModule } from '#database/database.module.js';
import { providePrisma } from '#database/prisma.js';
import { Idempotency } from '#idempotency/idempotency.js';
import { OutboxModule } from '#outbox/outbox.module.js';

import { PrismaClient } from './generated/prisma/client.js';
import { PostsController } from './posts/posts.controller.js';
import { PostsGrpcController } from './posts/posts.grpc.controller.js';
import { PostsRepository } from './posts/posts.repository.js';
import { PostsService } from './posts/posts.service.js';

@Module({
  imports: [DatabaseModule.forService('post'), OutboxModule.forService('post')],
  controllers: [PostsController, PostsGrpcController],
  providers: [providePrisma(PrismaClient), Idempotency, PostsRepository, PostsService],
})
export class PostModule {}
