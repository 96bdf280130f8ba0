import { Module } from '@nestjs/common';

import { DatabaseModule } from '#database/database.module.js';
import { providePrisma } from '#database/prisma.js';
import { Idempotency } from '#idempotency/idempotency.js';
import { OutboxModule } from '#outbox/outbox.module.js';

import { PrismaClient } from './generated/prisma/client.js';
import { ReactController } from './react/react.controller.js';
import { ReactRepository } from './react/react.repository.js';
import { ReactService } from './react/react.service.js';
import { WhoReactedController } from './who-reacted/who-reacted.controller.js';
import { WhoReactedService } from './who-reacted/who-reacted.service.js';

@Module({
  imports: [DatabaseModule.forService('reaction'), OutboxModule.forService('reaction')],
  controllers: [ReactController, WhoReactedController],
  providers: [providePrisma(PrismaClient), Idempotency, ReactRepository, ReactService, WhoReactedService],
})
export class ReactionModule {}
