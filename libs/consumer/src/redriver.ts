import type { OnApplicationBootstrap } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { setTimeout as wait } from 'node:timers/promises';

import { describeError } from '#consumer/burial.js';
import type { DeadLettersRepository } from '#consumer/dead-letters.repository.js';
import { openEnvelope } from '#consumer/envelope.js';
import type { AfterCommit, EventHandler } from '#consumer/event-handler.js';
import type { Quarantine } from '#consumer/quarantine.js';
import type { Consumer, EventsOf } from '#contracts/catalogue.js';
import type { AnyEvent } from '#contracts/events.js';
import type { Database } from '#database/database.js';
import { isInfrastructureError } from '#errors/infrastructure.js';
import { Loop } from '#lifecycle/loop.js';
import type { Shutdown } from '#lifecycle/shutdown.js';
import { logger } from '#logging/logger.js';
import { contextOf, inSpan } from '#tracing/spans.js';

const POLL_MS = 1_000;
/** An event that ended its process this often ends as a dead letter again. */
const ATTEMPTS = 3;

/**
 * Applies dead letters that were marked for it, straight from PostgreSQL, one after the other at a limited rate:
 * the effect, the ledger mark and the removal of the letter commit together.
 */
export class Redriver<C extends Consumer, Prepared> implements OnApplicationBootstrap {
  private readonly loop: Loop;

  constructor(
    private readonly consumer: C,
    private readonly letters: DeadLettersRepository,
    private readonly database: Database,
    private readonly handler: EventHandler<C, Prepared>,
    private readonly quarantine: Quarantine,
    private readonly perSecond: number,
    shutdown: Shutdown,
  ) {
    this.loop = new Loop({ name: `redrive of ${consumer}`, step: () => this.redriveNext(), idleMs: POLL_MS });
    shutdown.register('workers', `redrive of ${consumer}`, () => this.loop.stop());
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Letters were marked. */
  nudge(): void {
    this.loop.nudge();
  }

  private async redriveNext(): Promise<boolean> {
    const claimed = await this.letters.claim();
    if (claimed === undefined) return false;
    const { eventId, attempts, payload } = claimed;
    if (attempts > ATTEMPTS) {
      await this.letters.buryAgain(eventId, 'its process ended while it was redriven');
      return true;
    }
    const attempt = () => this.apply(eventId, payload);
    try {
      // A second attempt: the first may have ended its process.
      await this.quarantine.run(attempt, { alone: attempts > 1 });
    } catch (error) {
      if (isInfrastructureError(error)) {
        await this.letters.putOff(eventId);
        throw error;
      }
      await this.letters.buryAgain(eventId, describeError(error));
      logger.warn({ err: error, eventId, consumer: this.consumer }, 'redriven event failed again');
    }
    await wait(1_000 / this.perSecond);
    return true;
  }

  private async apply(eventId: string, payload: string): Promise<void> {
    const { events, unreadable } = openEnvelope(this.consumer, { events: [JSON.parse(payload)] }, Date.now());
    const [event] = events;
    if (event === undefined) throw new Error(unreadable[0]?.error ?? 'nothing to redrive');
    await inSpan(
      `redrive ${event.type}`,
      {
        kind: SpanKind.CONSUMER,
        parent: contextOf(event.traceparent),
        attributes: { 'beckon.event.id': eventId, 'beckon.consumer': this.consumer },
      },
      () => this.settle(event),
    );
  }

  private async settle(event: AnyEvent<EventsOf<C>>): Promise<void> {
    const eventId = event.id;
    const prepared = await this.handler.prepare(event);
    const afterCommit = await this.database.transaction(async (tx): Promise<AfterCommit | undefined> => {
      if (!(await this.letters.take(tx, eventId))) return undefined;
      return (await this.handler.reopen?.(tx, eventId)) ?? this.handler.apply(tx, [{ event, prepared }]);
    });
    if (afterCommit === undefined) return;
    afterCommit();
    logger.info({ eventId, type: event.type, consumer: this.consumer }, 'dead letter redriven');
  }
}
