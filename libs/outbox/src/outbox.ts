import type { OnApplicationBootstrap } from '@nestjs/common';
import { Gauge } from 'prom-client';

import { type Config, type Service } from '#config/config.js';
import { type Consumer, consumers } from '#contracts/catalogue.js';
import { Database } from '#database/database.js';
import type { Remotes } from '#grpc/remotes.js';
import type { Probes } from '#lifecycle/probes.js';
import type { Shutdown } from '#lifecycle/shutdown.js';
import { Backlog } from '#outbox/backlog.js';
import { DeliveriesRepository } from '#outbox/deliveries.repository.js';
import { pruneOutbox } from '#outbox/outbox-retention.js';
import { Poller } from '#outbox/poller.js';
import { Relay } from '#outbox/relay.js';
import { Sweeper } from '#outbox/sweeper.js';
import { Unsettled } from '#outbox/unsettled.js';
import type { EventQueues } from '#queue/event-queues.js';
import type { Retention } from '#retention/retention.js';

const unsettled = new Gauge({
  name: 'beckon_deliveries_unsettled',
  help: 'Events that a consumer has not settled, by producer and consumer',
  labelNames: ['producer', 'consumer'],
});
const oldest = new Gauge({
  name: 'beckon_deliveries_oldest_age_seconds',
  help: 'Age of the oldest unsettled delivery; 0 when there is none',
  labelNames: ['producer', 'consumer'],
});

/** Relays and sweeps of one producing service commit often and can afford to lose the last commits. */
const OUTBOX_CONNECTIONS = 4;

/** Carries a producing service's events to their consumers until they are settled. */
export class Outbox implements OnApplicationBootstrap {
  readonly deliveries: DeliveriesRepository;
  readonly unsettled: Unsettled;
  private readonly backlog: Backlog;
  private readonly relays = new Map<Consumer, Relay>();
  private readonly sweepers = new Map<Consumer, Sweeper>();
  private readonly poller: Poller;

  constructor(
    private readonly service: Service,
    config: Config,
    queues: EventQueues,
    remotes: Remotes,
    shutdown: Shutdown,
    probes: Probes,
    retention: Retention,
  ) {
    const database = new Database(service, config.databaseUrl(service), OUTBOX_CONNECTIONS, {
      durable: false,
    });
    this.deliveries = new DeliveriesRepository(database);
    this.backlog = new Backlog(service, this.deliveries, config.BACKLOG_LIMIT);
    this.unsettled = new Unsettled(() => this.deliveries.backlog());
    for (const consumer of consumers) {
      const sweeper = new Sweeper(consumer, this.deliveries, queues, remotes);
      this.sweepers.set(consumer, sweeper);
      this.relays.set(consumer, new Relay(consumer, this.deliveries, queues, sweeper));
    }
    this.poller = new Poller(service, this.deliveries, this.relays, this.sweepers);
    retention.add({ service, table: 'outbox', prune: pruneOutbox(database, config.OUTBOX_RETENTION_DAYS) });
    probes.gauge(() => this.observe());
    shutdown.register('relay', service, () => Promise.all(this.workers.map((worker) => worker.stop())));
    shutdown.register('database', `${service} outbox`, () => database.close());
  }

  onApplicationBootstrap(): void {
    for (const worker of this.workers) worker.start();
  }

  /** Call before a write that emits, and not for one that was answered before. @throws CodedError BACKLOG_FULL */
  requireRoom(): void {
    this.backlog.requireRoom();
  }

  /** Call after a commit that emitted: the events leave now and not at the next poll. */
  nudge(): void {
    for (const relay of this.relays.values()) relay.nudge();
  }

  private get workers() {
    return [this.backlog, this.poller, ...this.relays.values(), ...this.sweepers.values()];
  }

  private async observe(): Promise<void> {
    const backlog = new Map((await this.unsettled.read()).map((row) => [row.consumer, row]));
    for (const consumer of consumers) {
      const labels = { producer: this.service, consumer };
      unsettled.set(labels, backlog.get(consumer)?.unsettled ?? 0);
      oldest.set(labels, backlog.get(consumer)?.oldest_seconds ?? 0);
    }
  }
}
