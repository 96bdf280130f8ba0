import { Module } from '@nestjs/common';

import { provideConsumer } from '#consumer/consumer.module.js';

import { Backpressure } from './fan-out/backpressure.js';
import { ChunkService } from './fan-out/chunk.service.js';
import { FanOutRepository } from './fan-out/fan-out.repository.js';
import { FanOutWorker } from './fan-out/fan-out.worker.js';
import { ActsRepository } from './inbox/acts.repository.js';
import { NotificationCoreModule } from './notification-core.module.js';
import { GroupRetention } from './retention/group-retention.js';
import { InboxRetention } from './retention/inbox-retention.js';
import { CrowdsClient } from './tell/crowds.client.js';
import { TellHandler } from './tell/tell.handler.js';
import { TellLocks } from './tell/locks.js';
import { TellRepository } from './tell/tell.repository.js';

/** The half that works: events in, inboxes written. Importing it is what switches the consumer on. */
@Module({
  imports: [NotificationCoreModule],
  providers: [
    ActsRepository,
    CrowdsClient,
    TellLocks,
    TellRepository,
    FanOutRepository,
    ChunkService,
    Backpressure,
    FanOutWorker,
    GroupRetention,
    InboxRetention,
    ...provideConsumer('notification', TellHandler),
  ],
})
export class NotificationWorkerModule {}
