import { Module } from '@nestjs/common';

import { providePrisma } from '#database/prisma.js';

import { PrismaClient } from './generated/prisma/client.js';
import { MarksController } from './marks/marks.controller.js';
import { MarksRepository } from './marks/marks.repository.js';
import { MarksService } from './marks/marks.service.js';
import { NotificationCoreModule } from './notification-core.module.js';
import { HydrateService } from './notifications/hydrate.service.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { NotificationsRepository } from './notifications/notifications.repository.js';
import { NotificationsService } from './notifications/notifications.service.js';
import { RelationsController } from './relations/relations.controller.js';
import { RelationsRepository } from './relations/relations.repository.js';
import { RelationsService } from './relations/relations.service.js';
import { HintSubscriber } from './stream/hints.js';
import { LiveHub } from './stream/live-hub.js';
import { StreamController } from './stream/stream.controller.js';
import { StreamRepository } from './stream/stream.repository.js';
import { StreamService } from './stream/stream.service.js';
import { StreamTicketsRepository } from './stream/stream-tickets.repository.js';

/** The half that people talk to: lists, marks, mutes, live streams. */
@Module({
  imports: [NotificationCoreModule],
  // The stream's routes come before `:groupId`.
  controllers: [StreamController, MarksController, NotificationsController, RelationsController],
  providers: [
    providePrisma(PrismaClient),
    NotificationsRepository,
    NotificationsService,
    HydrateService,
    MarksRepository,
    MarksService,
    RelationsRepository,
    RelationsService,
    HintSubscriber,
    LiveHub,
    StreamRepository,
    StreamService,
    StreamTicketsRepository,
  ],
})
export class NotificationApiModule {}
