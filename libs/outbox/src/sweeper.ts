import type { Consumer } from '#contracts/catalogue.js';
import type { Remotes } from '#grpc/remotes.js';
import { Loop } from '#lifecycle/loop.js';
import type { DeliveriesRepository } from '#outbox/deliveries.repository.js';
import type { EventQueues } from '#queue/event-queues.js';
import { QueueProgress } from '#queue/queue-progress.js';

/** FindUnsettled takes this many ids a call. */
const ASK_EVENTS = 1_000;
const ADD_JOBS = 500;
/** What left the queue is taken to be in some worker's hands for so long, and not lost. */
const IN_HAND_MS = 5_000;

/**
 * Asks a consumer which dispatched events it has settled, forgets those, and dispatches again what is due, off the queue
 * and not settled: whatever became of its job.
 */
export class Sweeper {
  private readonly loop: Loop;
  private readonly progress: QueueProgress;
  /** How far the queue was at the looks of the last 5 s, and at the last one before. */
  private looks: { readonly takenBefore: number; readonly at: number }[] = [];

  constructor(
    private readonly consumer: Consumer,
    private readonly deliveries: DeliveriesRepository,
    private readonly queues: EventQueues,
    private readonly remotes: Remotes,
  ) {
    this.progress = new QueueProgress(queues, consumer);
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
    const offQueue = await this.offQueueSeconds();
    const claimed = await this.deliveries.claimDispatched(this.consumer, epoch, offQueue, ASK_EVENTS);
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

  /** What was dispatched so many seconds ago or longer left the queue, and more than 5 s ago; null if that is not known. */
  private async offQueueSeconds(): Promise<number | null> {
    const { takenBefore } = await this.progress.look();
    const now = performance.now();
    this.looks.push({ takenBefore, at: now });
    const last = this.looks.findLastIndex(({ at }) => at <= now - IN_HAND_MS);
    this.looks = this.looks.slice(Math.max(0, last));
    const before = last < 0 ? -Infinity : (this.looks[0]?.takenBefore ?? -Infinity);
    return before === -Infinity ? null : (now - before) / 1000;
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
