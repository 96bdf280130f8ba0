import { DelayedError, type Job } from 'bullmq';
import { createHash } from 'node:crypto';
import { Counter } from 'prom-client';
import { uuidv7 } from 'uuidv7';

import type { AfterCommit, EventHandler, PreparedEvent } from '#consumer/event-handler.js';
import { openEnvelope, type Unreadable } from '#consumer/envelope.js';
import type { LedgerRepository } from '#consumer/ledger.repository.js';
import type { Consumer, EventsOf } from '#contracts/catalogue.js';
import { BeckonId } from '#contracts/ids.js';
import type { AnyEvent } from '#contracts/events.js';
import { eventQueues, type QueueDefinition } from '#contracts/queues.js';
import type { Database } from '#database/database.js';
import { isInfrastructureError } from '#errors/infrastructure.js';
import { faultPoint } from '#faults/fault-point.js';
import { logger } from '#logging/logger.js';
import type { Envelope, EventQueues } from '#queue/event-queues.js';

/** Outages end within seconds of a dependency's return, so their delays stay short. */
const OUTAGE_DELAY = { baseMs: 250, maxMs: 3_000 };
/** BullMQ adds at most this many jobs at once here. */
const ADD_JOBS = 500;

const outcomes = new Counter({
  name: 'beckon_events_total',
  help: 'Events by consumer and what became of them',
  labelNames: ['consumer', 'outcome'],
});

/** What became of trying some events: `failed` are the events' own errors, `outage` is not about any event. */
interface Outcome<E> {
  readonly failed: { event: E; error: unknown }[];
  readonly outage: unknown;
}

/**
 * Takes envelopes of events and settles each event exactly once: its effect and its ledger mark commit together,
 * or it becomes a dead letter. Errors of an event never cost its neighbours anything but a second try on their own.
 */
export class EventConsumer<C extends Consumer, Prepared> {
  private readonly queue: QueueDefinition;

  constructor(
    readonly consumer: C,
    readonly ledger: LedgerRepository,
    private readonly database: Database,
    private readonly handler: EventHandler<C, Prepared>,
    private readonly queues: EventQueues,
  ) {
    this.queue = eventQueues[consumer];
  }

  /** Processes one job. @throws DelayedError when the job was put back for later */
  async process(job: Job<Envelope>, token: string | undefined): Promise<void> {
    try {
      await this.settle(job, token);
    } catch (error) {
      if (error instanceof DelayedError || !isInfrastructureError(error)) throw error;
      await this.delayForOutage(job, token, error);
    }
  }

  private async settle(job: Job<Envelope>, token: string | undefined): Promise<void> {
    const { events, unreadable } = openEnvelope(this.consumer, job.data, Date.now());
    for (const letter of unreadable) await this.buryUnreadable(letter);
    if (events.length === 0) return;
    const suspect = job.data.suspect === true || wasSeenBefore(job);
    if (events.length > 1 && suspect) return this.split(events);
    const [only] = events;
    if (events.length === 1 && suspect && only !== undefined) return this.processSuspect(job, token, only);

    const { failed, outage } = await this.attempt(events);
    if (failed.length > 0) await this.split(failed.map(({ event }) => event));
    if (outage !== undefined) await this.delayForOutage(job, token, outage);
  }

  /** A single event that was delivered before: its attempt is counted before the handler runs. */
  private async processSuspect(job: Job<Envelope>, token: string | undefined, event: AnyEvent<EventsOf<C>>) {
    const started = await this.ledger.startAttempt(event.id);
    if (started === undefined) return this.count('skipped', 1);
    if (started.attempts > this.queue.attempts) {
      await this.bury(event, started.error ?? 'its process ended while it was handled', this.queue.attempts);
      return;
    }
    const { failed, outage } = await this.attempt([event]);
    if (outage !== undefined) {
      await this.ledger.giveBackAttempt(event.id);
      await this.delayForOutage(job, token, outage);
    }
    const [failure] = failed;
    if (failure === undefined) return;
    const error = describeError(failure.error);
    if (started.attempts >= this.queue.attempts) return this.bury(event, error, started.attempts);
    await this.ledger.noteError(event.id, error);
    this.count('retried', 1);
    logger.warn(
      { err: failure.error, eventId: event.id, type: event.type, attempt: started.attempts },
      'event failed',
    );
    await this.delay(job, token, backoff(this.queue.backoff, started.attempts));
  }

  private async attempt(events: readonly AnyEvent<EventsOf<C>>[]): Promise<Outcome<AnyEvent<EventsOf<C>>>> {
    const failed: { event: AnyEvent<EventsOf<C>>; error: unknown }[] = [];
    let outage: unknown;
    const sort = (event: AnyEvent<EventsOf<C>>, error: unknown) => {
      if (isInfrastructureError(error)) outage = error;
      else failed.push({ event, error });
    };
    const ready: PreparedEvent<C, Prepared>[] = [];
    const preparations = await Promise.allSettled(events.map((event) => this.handler.prepare(event)));
    events.forEach((event, index) => {
      const preparation = preparations[index];
      if (preparation?.status === 'fulfilled') ready.push({ event, prepared: preparation.value });
      else sort(event, preparation?.reason);
    });
    for (const lane of this.lanesOf(ready)) {
      try {
        await this.apply(lane);
      } catch (error) {
        for (const { event } of lane) sort(event, error);
      }
    }
    return { failed, outage };
  }

  private lanesOf(ready: readonly PreparedEvent<C, Prepared>[]): Iterable<PreparedEvent<C, Prepared>[]> {
    const lanes = new Map<string, PreparedEvent<C, Prepared>[]>();
    for (const item of ready) {
      const name = this.handler.laneOf(item.event);
      const lane = lanes.get(name);
      if (lane === undefined) lanes.set(name, [item]);
      else lane.push(item);
    }
    return lanes.values();
  }

  private async apply(lane: readonly PreparedEvent<C, Prepared>[]): Promise<void> {
    let afterCommit: AfterCommit | undefined;
    let fresh = 0;
    await this.database.transaction(async (tx) => {
      const claimed = await this.ledger.claim(
        tx,
        lane.map(({ event }) => event.id),
      );
      fresh = claimed.size;
      await faultPoint('ledger', lane);
      const events = lane.filter(({ event }) => claimed.delete(event.id));
      afterCommit = events.length === 0 ? undefined : await this.handler.apply(tx, events);
      await faultPoint('effect', lane);
    });
    await faultPoint('commit', lane);
    afterCommit?.();
    this.count('done', fresh);
    this.count('skipped', lane.length - fresh);
  }

  /** Every event on its own, as a suspect. Job ids make splitting twice one split. */
  private async split(events: readonly AnyEvent<EventsOf<C>>[]): Promise<void> {
    for (let start = 0; start < events.length; start += ADD_JOBS) {
      await this.queues.add(
        this.consumer,
        events
          .slice(start, start + ADD_JOBS)
          .map((event) => ({ envelope: { events: [event], suspect: true }, jobId: event.id })),
      );
    }
    this.count('split', events.length);
  }

  private async bury(event: AnyEvent<EventsOf<C>>, error: string, attempts: number): Promise<void> {
    const buried = await this.ledger.bury(event.id, {
      id: uuidv7(),
      queue: this.queue.name,
      type: event.type,
      payload: JSON.stringify(event),
      error,
      attempts,
    });
    if (!buried) return;
    this.count('dead', 1);
    logger.error({ eventId: event.id, type: event.type, attempts, error }, 'event became a dead letter');
  }

  /** What can't be read is kept as it came; it settles its event too if it has an id that can be told. */
  private async buryUnreadable({ raw, error }: Unreadable): Promise<void> {
    const payload = JSON.stringify(raw) ?? 'undefined';
    const { id: eventId, type } = (raw ?? {}) as { id?: unknown; type?: unknown };
    const letter = { queue: this.queue.name, payload, error };
    const known = BeckonId.safeParse(eventId);
    const name = (typeof type === 'string' ? type : 'unknown').replaceAll('\0', '').slice(0, 100);
    const buried = known.success
      ? await this.ledger.bury(known.data, { ...letter, id: uuidv7(), type: name, attempts: 1 })
      : await this.ledger.buryUnreadable({ ...letter, id: contentId(payload) });
    if (!buried) return;
    this.count('dead', 1);
    logger.error({ queue: this.queue.name, error }, 'a job that is no event became a dead letter');
  }

  private async delayForOutage(
    job: Job<Envelope>,
    token: string | undefined,
    outage: unknown,
  ): Promise<never> {
    const delays = (job.data.delays ?? 0) + 1;
    await job.updateData({ ...job.data, delays });
    this.count('delayed', job.data.events.length);
    logger.warn({ err: outage, consumer: this.consumer, delays }, 'dependency away, job delayed');
    return this.delay(job, token, backoff(OUTAGE_DELAY, delays));
  }

  private async delay(job: Job<Envelope>, token: string | undefined, ms: number): Promise<never> {
    await job.moveToDelayed(Date.now() + ms, token);
    throw new DelayedError();
  }

  private count(outcome: string, events: number): void {
    if (events > 0) outcomes.inc({ consumer: this.consumer, outcome }, events);
  }
}

/** Whether some process began this job and did not end it: each start counts, and outages account for theirs. */
function wasSeenBefore(job: Job<Envelope>): boolean {
  return job.attemptsStarted > 1 + (job.data.delays ?? 0) || job.stalledCounter > 0;
}

/** Exponential with jitter: between half and all of `base · 2^(attempt-1)`, at most `max`. */
function backoff({ baseMs, maxMs }: { baseMs: number; maxMs: number }, attempt: number): number {
  return Math.min(baseMs * 2 ** (attempt - 1), maxMs) * (0.5 + Math.random() / 2);
}

/** An error in a line, fit to be stored. */
export function describeError(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    .replaceAll('\0', '')
    .slice(0, 2_000);
}

/** A UUID (version 8, RFC 9562) made of the content, so that the same content is the same dead letter. */
function contentId(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
