import { Global, Module, type Provider, type Type } from '@nestjs/common';

import { Config } from '#config/config.js';
import { Consumers } from '#consumer/consumers.js';
import { EventConsumer } from '#consumer/event-consumer.js';
import type { EventHandler } from '#consumer/event-handler.js';
import { EventLedgerController } from '#consumer/event-ledger.grpc.controller.js';
import { EventWorker } from '#consumer/event-worker.js';
import { LedgerRepository } from '#consumer/ledger.repository.js';
import type { Consumer } from '#contracts/catalogue.js';
import { Database } from '#database/database.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { EventQueues } from '#queue/event-queues.js';

/** The registry of consumers and the gRPC service that answers for them; once a process. */
@Global()
@Module({ controllers: [EventLedgerController], providers: [Consumers], exports: [Consumers] })
export class ConsumerModule {}

/** The providers that make a service consume: a ledger in its database, and a worker on its queue. */
export function provideConsumer<C extends Consumer, Prepared>(
  consumer: C,
  handler: Type<EventHandler<C, Prepared>>,
): Provider[] {
  return [
    handler,
    {
      provide: LedgerRepository,
      inject: [Database],
      useFactory: (database: Database) => new LedgerRepository(database),
    },
    {
      provide: EventWorker,
      inject: [Config, Shutdown, Consumers, Database, LedgerRepository, EventQueues, handler],
      useFactory: (
        config: Config,
        shutdown: Shutdown,
        consumers: Consumers,
        database: Database,
        ledger: LedgerRepository,
        queues: EventQueues,
        eventHandler: EventHandler<C, Prepared>,
      ) => {
        consumers.register(consumer, ledger);
        return new EventWorker(
          config,
          shutdown,
          new EventConsumer(consumer, ledger, database, eventHandler, queues),
        );
      },
    },
  ];
}
