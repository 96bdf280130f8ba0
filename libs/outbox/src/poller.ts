import type { Service } from '#config/config.js';
import { type Consumer, consumers } from '#contracts/catalogue.js';
import { Loop } from '#lifecycle/loop.js';
import type { DeliveriesRepository } from '#outbox/deliveries.repository.js';
import type { Relay } from '#outbox/relay.js';
import type { Sweeper } from '#outbox/sweeper.js';

const POLL_MS = 1_000;

/**
 * Looks once a second what there is to do for relays and sweepers, and wakes those: relays for what a crash or another
 * process left, since commits of this one nudge them; sweepers for whatever is out. One statement for all consumers, so
 * that a service at rest asks PostgreSQL little.
 */
export class Poller {
  private readonly loop: Loop;

  constructor(
    service: Service,
    private readonly deliveries: DeliveriesRepository,
    private readonly relays: ReadonlyMap<Consumer, Relay>,
    private readonly sweepers: ReadonlyMap<Consumer, Sweeper>,
  ) {
    this.loop = new Loop({ name: `outbox of ${service}`, step: () => this.poll(), idleMs: POLL_MS });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async poll(): Promise<boolean> {
    for (const { consumer, due, dispatched } of await this.deliveries.look(consumers)) {
      if (due) this.relays.get(consumer)?.nudge();
      if (dispatched) this.sweepers.get(consumer)?.rouse();
    }
    return false;
  }
}
