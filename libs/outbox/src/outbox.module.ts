import { type DynamicModule, Module } from '@nestjs/common';

import { Config, type Service } from '#config/config.js';
import { Remotes } from '#grpc/remotes.js';
import { Probes } from '#lifecycle/probes.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { Outbox } from '#outbox/outbox.js';
import { EventQueues } from '#queue/event-queues.js';

@Module({})
export class OutboxModule {
  /** The outbox of one producing service; importing it starts its relay. */
  static forService(service: Service): DynamicModule {
    return {
      module: OutboxModule,
      providers: [
        {
          provide: Outbox,
          inject: [Config, EventQueues, Remotes, Shutdown, Probes],
          useFactory: (...parts: [Config, EventQueues, Remotes, Shutdown, Probes]) =>
            new Outbox(service, ...parts),
        },
      ],
      exports: [Outbox],
    };
  }
}
