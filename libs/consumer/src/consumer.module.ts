import { Global, Module, type Provider, type Type } from '@nestjs/common';
import { Gauge } from 'prom-client';

import { Config } from '#config/config.js';
import { Burial } from '#consumer/burial.js';
import { Consumers } from '#consumer/consumers.js';
import { DeadLettersRepository } from '#consumer/dead-letters.repository.js';
import { EventConsumer } from '#consumer/event-consumer.js';
import type { EventHandler } from '#consumer/event-handler.js';
import { EventLedgerController } from '#consumer/event-ledger.grpc.controller.js';
import { EventWorker } from '#consumer/event-worker.js';
import { pruneLedger } from '#consumer/ledger-retention.js';
import { LedgerRepository } from '#consumer/ledger.repository.js';
import { Quarantine } from '#consumer/quarantine.js';
import { Redriver } from '#consumer/redriver.js';
import type { Consumer } from '#contracts/catalogue.js';
import { Database } from '#database/database.js';
import { Probes } from '#lifecycle/probes.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { EventQueues } from '#queue/event-queues.js';
import { Retention } from '#retention/retention.js';

const deadLetters = new Gauge({
  name: 'beckon_dead_letters',
  help: 'Events that a consumer gave up, waiting for somebody to look at them',
  labelNames: ['consumer'],
});

/** Only there to be made: it registers the consumer with the process. */
const HOSTED = 'beckon:hosted-consumer';

/** What the consumers of a process share: their registry, the gRPC service that answers for them, the quarantine. */
@Global()
@Module({
  controllers: [EventLedgerController],
  providers: [Consumers, Quarantine],
  exports: [Consumers, Quarantine],
})
export class ConsumerModule {}

/** The providers that make a service consume: a ledger in its database, a worker on its queue, and the way back for dead letters. */
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
      provide: DeadLettersRepository,
      inject: [Database],
      useFactory: (database: Database) => new DeadLettersRepository(database),
    },
    {
      provide: Burial,
      inject: [LedgerRepository],
      useFactory: (ledger: LedgerRepository) => new Burial(consumer, ledger),
    },
    {
      provide: Redriver,
      inject: [DeadLettersRepository, Database, handler, Quarantine, Config, Shutdown],
      useFactory: (
        letters: DeadLettersRepository,
        database: Database,
        eventHandler: EventHandler<C, Prepared>,
        quarantine: Quarantine,
        config: Config,
        shutdown: Shutdown,
      ) =>
        new Redriver(
          consumer,
          letters,
          database,
          eventHandler,
          quarantine,
          config.REDRIVES_PER_SECOND,
          shutdown,
        ),
    },
    {
      provide: EventConsumer,
      inject: [LedgerRepository, Database, handler, EventQueues, Burial, Quarantine],
      useFactory: (
        ledger: LedgerRepository,
        database: Database,
        eventHandler: EventHandler<C, Prepared>,
        ...parts: [EventQueues, Burial, Quarantine]
      ) => new EventConsumer(consumer, ledger, database, eventHandler, ...parts),
    },
    {
      provide: EventWorker,
      inject: [Config, Shutdown, EventQueues, EventConsumer],
      useFactory: (...parts: [Config, Shutdown, EventQueues, EventConsumer<C, Prepared>]) =>
        new EventWorker(...parts),
    },
    {
      provide: HOSTED,
      inject: [
        Consumers,
        Probes,
        Retention,
        Database,
        LedgerRepository,
        DeadLettersRepository,
        Redriver,
        handler,
      ],
      useFactory: (
        consumers: Consumers,
        probes: Probes,
        retention: Retention,
        database: Database,
        ledger: LedgerRepository,
        letters: DeadLettersRepository,
        redriver: Redriver<C, Prepared>,
        eventHandler: EventHandler<C, Prepared>,
      ) => {
        consumers.register({
          consumer,
          ledger,
          letters,
          handler: eventHandler,
          redrive: () => redriver.nudge(),
        });
        retention.add({ service: consumer, table: 'ledger', prune: pruneLedger(database) });
        probes.gauge(async () => deadLetters.set({ consumer }, await letters.count()));
      },
    },
  ];
}
