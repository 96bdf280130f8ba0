import { Global, Module, type Provider, type Type } from '@nestjs/common';
import { Gauge } from 'prom-client';

import { Config } from '#config/config.js';
import { Consumers } from '#consumer/consumers.js';
import { EventConsumer } from '#consumer/event-consumer.js';
import type { EventHandler } from '#consumer/event-handler.js';
import { EventLedgerController } from '#consumer/event-ledger.grpc.controller.js';
import { EventWorker } from '#consumer/event-worker.js';
import { LedgerRepository } from '#consumer/ledger.repository.js';
import type { Consumer } from '#contracts/catalogue.js';
import { Database } from '#database/database.js';
import { Probes } from '#lifecycle/probes.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { EventQueues } from '#queue/event-queues.js';

const deadLetters = new Gauge({
  name: 'beckon_dead_letters',
  help: 'Events that a consumer gave up, waiting for somebody to look at them',
  labelNames: ['consumer'],
});

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
      inject: [Config, Shutdown, Probes, Consumers, Database, LedgerRepository, EventQueues, handler],
      useFactory: (
        config: Config,
        shutdown: Shutdown,
        probes: Probes,
        consumers: Consumers,
        database: Database,
        ledger: LedgerRepository,
        queues: EventQueues,
        eventHandler: EventHandler<C, Prepared>,
      ) => {
        consumers.register(consumer, ledger);
        probes.gauge(async () => deadLetters.set({ consumer }, await ledger.countDeadLetters()));
        return new EventWorker(
          config,
          shutdown,
          new EventConsumer(consumer, ledger, database, eventHandler, queues),
        );
      },
    },
  ];
}
