import type { Consumer } from '#contracts/catalogue.js';
import type { Remotes } from '#grpc/remotes.js';
import { Loop } from '#lifecycle/loop.js';
import type { DeliveriesRepository } from '#outbox/deliveries.repository.js';
import type { EventQueues } from '#queue/event-queues.js';

/** FindUnsettled takes this many ids a call. */
const ASK_EVENTS = 1_000;
const ADD_JOBS = 500;

/**
 * Asks a consumer which dispatched events it has settled, forgets those, and dispatches again what is due and
 * is not: whatever became of its job.
 */
export class Sweeper {
  private readonly loop: Loop;

  constructor(
    private readonly consumer: Consumer,
    private readonly deliveries: DeliveriesRepository,
    private readonly queues: EventQueues,
    private readonly remotes: Remotes,
  ) {
    this.loop = new Loop({
      name: `sweep of ${consumer}`,
      step: async () => (await this.sweep()) === ASK_EVENTS,
    });
  }

  start(): void {
    this.loop.start();
  }

  /** Something is dispatched and not known to be settled. A sweep that takes long is not followed by another at once. */
  rouse(): void {
    this.loop.rouse();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** One round. Answers how many deliveries it settled or dispatched again. */
  async sweep(): Promise<number> {
    const epoch = await this.queues.epoch();
    const lagSeconds = await this.queues.oldestAgeSeconds(this.consumer);
    const claimed = await this.deliveries.claimDispatched(this.consumer, epoch, lagSeconds, ASK_EVENTS);
    if (claimed.length === 0) return 0;
    const unsettled = await this.findUnsettled(claimed.map(({ id }) => id));
    const settled = claimed.filter(({ id }) => !unsettled.has(id)).map(({ id }) => id);
    if (settled.length > 0) await this.deliveries.settle(this.consumer, settled);
    const again = claimed
      .filter((delivery) => delivery.again && unsettled.has(delivery.id))
      .map(({ id }) => id);
    await this.dispatchAgain(again, epoch);
    return settled.length + again.length;
  }

  private async findUnsettled(eventIds: string[]): Promise<Set<string>> {
    const answer = await this.remotes
      .ledger(this.consumer)
      .call((client) => client.findUnsettled, { consumer: this.consumer, eventIds }, 2_000);
    return new Set(answer.eventIds);
  }

  /** As single events, so that one bad event holds up no other; the job id sheds what still waits. */
  private async dispatchAgain(ids: string[], epoch: string): Promise<void> {
    for (let start = 0; start < ids.length; start += ADD_JOBS) {
      const events = await this.deliveries.events(ids.slice(start, start + ADD_JOBS));
      await this.queues.add(
        this.consumer,
        events.map(({ id, event }) => ({ envelope: { events: [event], suspect: true }, jobId: id })),
      );
      await this.deliveries.stamp(
        this.consumer,
        events.map(({ id }) => id),
        epoch,
      );
    }
  }
}
