import { SpanKind } from '@opentelemetry/api';
import { DelayedError, type Job } from 'bullmq';

import { backoff } from '#consumer/backoff.js';
import { type Burial, describeError } from '#consumer/burial.js';
import type { AfterCommit, EventHandler, PreparedEvent } from '#consumer/event-handler.js';
import { openEnvelope } from '#consumer/envelope.js';
import { type LedgerRepository, PROCESS_ENDED, type StartedAttempt } from '#consumer/ledger.repository.js';
import { countOutcome, observeArrivals, type Outcome } from '#consumer/outcomes.js';
import type { Quarantine } from '#consumer/quarantine.js';
import type { Consumer, EventsOf } from '#contracts/catalogue.js';
import type { AnyEvent } from '#contracts/events.js';
import { eventQueues, type QueueDefinition } from '#contracts/queues.js';
import type { Database } from '#database/database.js';
import { isInfrastructureError } from '#errors/infrastructure.js';
import { faultPoint } from '#faults/fault-point.js';
import { logger } from '#logging/logger.js';
import type { Envelope, EventQueues } from '#queue/event-queues.js';
import { EventSpans } from '#tracing/event-spans.js';

/** Outages end within seconds of a dependency's return, so their delays stay short. */
const OUTAGE_DELAY = { baseMs: 250, maxMs: 3_000 };
/** BullMQ adds at most this many jobs at once here. */
const ADD_JOBS = 500;

/** What became of trying some events. */
interface Tried<E> {
  /** By errors of their own. */
  readonly failed: { event: E; error: unknown }[];
  /** By an outage; they can be tried again as they are. */
  readonly interrupted: E[];
  readonly outage: unknown;
}

/** How the job of an event that is not settled goes on: tried again after a while, or when an outage is over. */
type Again = { readonly retryMs: number } | { readonly outage: unknown; readonly change: Partial<Envelope> };

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
    private readonly burial: Burial,
    private readonly quarantine: Quarantine,
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
    for (const letter of unreadable) await this.burial.buryUnreadable(letter);
    const [first, ...others] = events;
    if (first === undefined) return;
    if (job.data.suspect === true || wasSeenBefore(job))
      return others.length === 0 ? this.processSuspect(job, token, first) : this.splitUnsettled(events);

    const { failed, interrupted, outage } = await this.attempt(events);
    await this.split(failed.map(({ event }) => event));
    if (outage !== undefined) await this.delayForOutage(job, token, outage, { events: interrupted });
  }

  /**
   * A single event that was delivered before: its attempt is counted before the handler runs. If that is how its
   * process ended the last time, nothing else that is counted runs beside it.
   */
  private async processSuspect(job: Job<Envelope>, token: string | undefined, event: AnyEvent<EventsOf<C>>) {
    const spent = numberIn(job.data.spent);
    if (spent !== undefined) {
      // Before the next attempt is counted, for then it would take that one back as well.
      await this.ledger.limitAttempts(event.id, spent);
      await job.updateData(withoutSpent(job.data));
    }
    const known = await this.ledger.story(event.id);
    const alone = known?.status === 'trying' && known.error === PROCESS_ENDED;
    const again = await this.quarantine.run(() => this.countedAttempt(event), { alone });
    // Redis only now: others wait for the quarantine, and Redis may be away for long.
    if (again === undefined) return;
    if ('outage' in again) await this.delayForOutage(job, token, again.outage, again.change);
    else await this.delay(job, token, again.retryMs);
  }

  /** @returns undefined when the event is settled; else how its job goes on */
  private async countedAttempt(event: AnyEvent<EventsOf<C>>): Promise<Again | undefined> {
    const started = await this.ledger.startAttempt(event.id);
    if (started === undefined) {
      this.count('skipped', 1);
      return undefined;
    }
    if (started.attempts > this.queue.attempts)
      return this.bury(event, started.lastError ?? PROCESS_ENDED, this.queue.attempts);
    const { failed, outage } = await this.attempt([event]);
    if (outage !== undefined) return { outage, change: await this.takeBack(event.id, started) };
    const [failure] = failed;
    if (failure === undefined) return undefined;
    const error = describeError(failure.error);
    // Also before the last is buried: should an outage come between, the letter says what was wrong all the same.
    await this.ledger.noteError(event.id, error);
    if (started.attempts >= this.queue.attempts) return this.bury(event, error, started.attempts);
    this.count('retried', 1);
    logger.warn(
      { err: failure.error, eventId: event.id, type: event.type, attempt: started.attempts },
      'event failed',
    );
    return { retryMs: backoff(this.queue.backoff, started.attempts) };
  }

  /** An attempt that an outage cut short does not count. If PostgreSQL is what is away, the job carries the number. */
  private async takeBack(
    eventId: string,
    { attempts, lastError }: StartedAttempt,
  ): Promise<Partial<Envelope>> {
    try {
      await this.ledger.giveBackAttempt(eventId, lastError);
      return {};
    } catch (error) {
      if (!isInfrastructureError(error)) throw error;
      return { spent: attempts - 1 };
    }
  }

  private async attempt(events: readonly AnyEvent<EventsOf<C>>[]): Promise<Tried<AnyEvent<EventsOf<C>>>> {
    const failed: { event: AnyEvent<EventsOf<C>>; error: unknown }[] = [];
    const interrupted: AnyEvent<EventsOf<C>>[] = [];
    let outage: unknown;
    const spans = new EventSpans('consume', SpanKind.CONSUMER, events, this.consumer);
    const sort = (event: AnyEvent<EventsOf<C>>, error: unknown) => {
      spans.fail(event, error);
      if (!isInfrastructureError(error)) return failed.push({ event, error });
      outage = error;
      return interrupted.push(event);
    };
    const ready: PreparedEvent<C, Prepared>[] = [];
    const preparations = await Promise.allSettled(
      events.map((event) => spans.of(event, () => this.handler.prepare(event))),
    );
    events.forEach((event, index) => {
      const preparation = preparations[index];
      if (preparation?.status === 'fulfilled') ready.push({ event, prepared: preparation.value });
      else sort(event, preparation?.reason);
    });
    for (const lane of this.lanesOf(ready)) {
      try {
        await spans.together(
          lane.map(({ event }) => event),
          () => this.apply(lane),
        );
      } catch (error) {
        for (const { event } of lane) sort(event, error);
      }
    }
    spans.end();
    return { failed, interrupted, outage };
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
    let fresh: readonly string[] = [];
    await this.database.transaction(async (tx) => {
      const claimed = await this.ledger.claim(
        tx,
        lane.map(({ event }) => event.id),
      );
      await faultPoint('ledger', lane);
      const events = lane.filter(({ event }) => claimed.delete(event.id));
      fresh = events.map(({ event }) => event.time);
      afterCommit = events.length === 0 ? undefined : await this.handler.apply(tx, events);
      await faultPoint('effect', lane);
    });
    await faultPoint('commit', lane);
    afterCommit?.();
    this.count('done', fresh.length);
    this.count('skipped', lane.length - fresh.length);
    observeArrivals(this.consumer, fresh, Date.now());
  }

  /** What was begun and not ended may be done in part. */
  private async splitUnsettled(events: readonly AnyEvent<EventsOf<C>>[]): Promise<void> {
    const open = new Set(await this.ledger.findUnsettled(events.map(({ id }) => id)));
    await this.split(events.filter(({ id }) => open.has(id)));
    this.count('skipped', events.length - open.size);
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

  private async bury(event: AnyEvent<EventsOf<C>>, error: string, attempts: number): Promise<undefined> {
    await this.burial.bury({ id: event.id, type: event.type, payload: event, error, attempts });
  }

  /** Puts the job back with what `change` leaves of it. @throws DelayedError always */
  private async delayForOutage(
    job: Job<Envelope>,
    token: string | undefined,
    outage: unknown,
    change: Partial<Envelope> = {},
  ): Promise<never> {
    const delays = delaysOf(job) + 1;
    // What is no envelope stays as it came, to be buried as it came.
    const events = (job.data as Partial<Envelope> | null | undefined)?.events;
    if (Array.isArray(events)) {
      const rest = { ...job.data, ...change, delays };
      await job.updateData(rest);
      this.count('delayed', rest.events.length);
    }
    logger.warn({ err: outage, consumer: this.consumer, delays }, 'dependency away, job delayed');
    return this.delay(job, token, backoff(OUTAGE_DELAY, delays));
  }

  private async delay(job: Job<Envelope>, token: string | undefined, ms: number): Promise<never> {
    await job.moveToDelayed(Date.now() + ms, token);
    throw new DelayedError();
  }

  private count(outcome: Outcome, events: number): void {
    countOutcome(this.consumer, outcome, events);
  }
}

/** Whether some process began this job and did not end it: each start counts, and outages account for theirs. */
function wasSeenBefore(job: Job<Envelope>): boolean {
  return job.attemptsStarted > 1 + delaysOf(job) || job.stalledCounter > 0;
}

function delaysOf(job: Job<Envelope>): number {
  return numberIn((job.data as Partial<Envelope> | null | undefined)?.delays) ?? 0;
}

/** A count in a job's data, which may be anything. */
function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31
    ? value
    : undefined;
}

function withoutSpent({ spent: _used, ...envelope }: Envelope): Envelope {
  return envelope;
}
