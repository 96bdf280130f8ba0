import { Global, Module } from '@nestjs/common';

import { EventQueues } from '#queue/event-queues.js';

@Global()
@Module({ providers: [EventQueues], exports: [EventQueues] })
export class QueueModule {}
