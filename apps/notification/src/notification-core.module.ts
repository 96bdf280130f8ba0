import { Module } from '@nestjs/common';

import { DatabaseModule } from '#database/database.module.js';

import { InboxRepository } from './inbox/inbox.repository.js';
import { InboxWriter } from './inbox/inbox.writer.js';
import { HintPublisher } from './stream/hints.js';

/** What both halves need: the inbox and its hints. */
@Module({
  imports: [DatabaseModule.forService('notification')],
  providers: [InboxRepository, InboxWriter, HintPublisher],
  exports: [DatabaseModule.forService('notification'), InboxRepository, InboxWriter, HintPublisher],
})
export class NotificationCoreModule {}
