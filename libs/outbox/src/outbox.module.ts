import { type DynamicModule, Module } from '@nestjs/common';

import { Config, type Service } from '#config/config.js';
import { Remotes } from '#grpc/remotes.js';
import { Probes } from '#lifecycle/probes.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { Outbox } from '#outbox/outbox.js';
import { Outboxes } from '#outbox/outboxes.js';
import { EventQueues } from '#queue/event-queues.js';
import { Retention } from '#retention/retention.js';

@Module({})
export class OutboxModule {
  /** The outbox of one producing service; importing it starts its relay. */
  static forService(service: Service): DynamicModule {
    return {
      module: OutboxModule,
      providers: [
        {
          provide: Outbox,
          inject: [Outboxes, Config, EventQueues, Remotes, Shutdown, Probes, Retention],
          useFactory: (
            outboxes: Outboxes,
            ...parts: [Config, EventQueues, Remotes, Shutdown, Probes, Retention]
          ) => {
            const outbox = new Outbox(service, ...parts);
            outboxes.register(service, outbox);
            return outbox;
          },
        },
      ],
      exports: [Outbox],
    };
  }
}
