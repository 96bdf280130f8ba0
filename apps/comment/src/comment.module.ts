import { Module } from '@nestjs/common';

import { DatabaseModule } from '#database/database.module.js';
import { providePrisma } from '#database/prisma.js';
import { Idempotency } from '#idempotency/idempotency.js';
import { OutboxModule } from '#outbox/outbox.module.js';

import { CommentGrpcController } from './comment.grpc.controller.js';
import { CommentsController } from './comments/comments.controller.js';
import { CommentsRepository } from './comments/comments.repository.js';
import { CommentsService } from './comments/comments.service.js';
import { PrismaClient } from './generated/prisma/client.js';
import { ThreadsController } from './threads/threads.controller.js';
import { ThreadsRepository } from './threads/threads.repository.js';
import { ThreadsService } from './threads/threads.service.js';

@Module({
  imports: [DatabaseModule.forService('comment'), OutboxModule.forService('comment')],
  controllers: [CommentsController, ThreadsController, CommentGrpcController],
  providers: [
    providePrisma(PrismaClient),
    Idempotency,
    CommentsRepository,
    CommentsService,
    ThreadsRepository,
    ThreadsService,
  ],
})
export class CommentModule {}
