import { SpanKind } from '@opentelemetry/api';
import { setTimeout as wait } from 'node:timers/promises';

import type { Consumer } from '#contracts/catalogue.js';
import { eventQueues } from '#contracts/queues.js';
import { faultPoint } from '#faults/fault-point.js';
import { Loop } from '#lifecycle/loop.js';
import type { DeliveriesRepository, StoredEvent } from '#outbox/deliveries.repository.js';
import type { Sweeper } from '#outbox/sweeper.js';
import type { EnvelopeJob, EventQueues } from '#queue/event-queues.js';
import { EventSpans } from '#tracing/event-spans.js';

const CLAIM_EVENTS = 1_000;
const FULL_REST_MS = 200;
/** How soon it is seen that a worker took the last job: a tenth of how long that has waited, within these. */
const LOOK_MS = { least: 25, most: 500 };

/** Carries the deliveries of one consumer from the outbox into its queue. */
export class Relay {
  private readonly loop: Loop;
  private lingering: NodeJS.Timeout | undefined;
  /** The last job that was added, and when (`performance.now()`), until it is seen that a worker took it. */
  private last: { readonly jobId: string; readonly addedAt: number } | undefined;

  constructor(
    private readonly consumer: Consumer,
    private readonly deliveries: DeliveriesRepository,
    private readonly queues: EventQueues,
    private readonly sweeper: Sweeper,
  ) {
    this.loop = new Loop({ name: `relay to ${consumer}`, step: () => this.dispatch() });
  }

  start(): void {
    this.loop.start();
  }

  /** Something was committed, or left by a crash or another process. */
  nudge(): void {
    const { lingerMs } = eventQueues[this.consumer];
    if (lingerMs === 0) return this.loop.nudge();
    this.lingering ??= setTimeout(() => {
      this.lingering = undefined;
      this.loop.nudge();
    }, lingerMs);
  }

  stop(): Promise<void> {
    clearTimeout(this.lingering);
    return this.loop.stop();
  }

  /** Dispatches what is due once. Answers whether there may be more. */
  private async dispatch(): Promise<boolean> {
    const { inFlightLimit } = eventQueues[this.consumer];
    if (await this.restWhileLastWaits()) return true;
    // Read before the add: if Redis is emptied in between, the stamp is of the epoch that lost the jobs.
    // Read before the claim: while Redis is away nothing is claimed, and all of it is due when it returns.
    const epoch = await this.queues.recentEpoch();
    const { claimed, isFull } = await this.deliveries.claimNew(this.consumer, CLAIM_EVENTS, inFlightLimit);
    if (isFull) await this.makeRoom();
    if (claimed.length === 0) return isFull;
    const events = claimed.map(({ event }) => event);
    const spans = new EventSpans('relay', SpanKind.PRODUCER, events, this.consumer);
    try {
      await spans.together(events, () => this.carry(claimed, epoch));
    } finally {
      spans.end();
    }
    return claimed.length === CLAIM_EVENTS;
  }

  /** Puts what was claimed into the queue. @throws when Redis is away; then the claim is given back */
  private async carry(claimed: readonly StoredEvent[], epoch: string): Promise<void> {
    const ids = claimed.map(({ id }) => id);
    await faultPoint('claim', claimed);
    try {
      const jobId = await this.queues.add(this.consumer, this.pack(claimed));
      if (jobId !== undefined) this.last = { jobId, addedAt: performance.now() };
    } catch (error) {
      await this.deliveries.release(this.consumer, ids);
      throw error;
    }
    await faultPoint('add', claimed);
    await this.deliveries.stamp(this.consumer, ids, epoch);
    await faultPoint('stamp', claimed);
  }

  /**
   * While the last job waits for a worker, another behind it would hardly be begun sooner, and what comes meanwhile
   * travels together in the next. So a rush becomes fewer and larger jobs, however slow the workers are; above all one
   * to a single inbox, whose jobs wait for each other. Answers whether it still waited, and then rests before it does.
   */
  private async restWhileLastWaits(): Promise<boolean> {
    const { last } = this;
    if (last === undefined) return false;
    if (await this.queues.isWaiting(this.consumer, last.jobId)) {
      await wait(Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, (performance.now() - last.addedAt) / 10)));
      return true;
    }
    this.last = undefined;
    return false;
  }

  private pack(claimed: readonly StoredEvent[]): EnvelopeJob[] {
    const { envelopeSize } = eventQueues[this.consumer];
    return Array.from({ length: Math.ceil(claimed.length / envelopeSize) }, (_, index) => ({
      envelope: {
        events: claimed.slice(index * envelopeSize, (index + 1) * envelopeSize).map(({ event }) => event),
      },
    }));
  }

  /** The limit of in-flight events is what holds the relay up: asks at once which of them are settled. */
  private async makeRoom(): Promise<void> {
    if ((await this.sweeper.sweep()) > 0) return;
    // Full of what is still being worked on. Nothing tells when that is done, so it is asked again soon.
    await wait(FULL_REST_MS);
  }
}
