import { Counter } from 'prom-client';

import type { Service } from '#config/config.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { Loop } from '#lifecycle/loop.js';
import type { DeliveriesRepository } from '#outbox/deliveries.repository.js';

const MEASURE_MS = 1_000;
/** PostgreSQL counts about ten rows in a microsecond, so counting takes up to a twentieth of the time. */
const REST_US_A_ROW = 2;
const SHARE = 0.05;
/** What is not known is not left so for longer. */
const MAX_REST_MS = 10_000;
const RETRY_AFTER_SECONDS = 5;

const refused = new Counter({
  name: 'beckon_writes_refused_total',
  help: 'Writes answered 503 because too much of what was accepted before is not settled',
  labelNames: ['producer'],
});

/**
 * Whether a producing service may take more in. What it has accepted is never dropped, so when its consumers can't
 * keep up for long it is at the door that somebody has to wait. A figure that is about a second old decides: no request
 * counts, and a burst may pass the limit by what a second brings.
 */
export class Backlog {
  private readonly loop: Loop;
  private full = false;
  private countAgainAt = 0;

  /** @param limit unsettled deliveries of the service, of all its consumers together. */
  constructor(
    private readonly service: Service,
    private readonly deliveries: DeliveriesRepository,
    private readonly limit: number,
  ) {
    this.loop = new Loop({ name: `backlog of ${service}`, step: () => this.measure(), idleMs: MEASURE_MS });
  }

  start(): void {
    refused.inc({ producer: this.service }, 0);
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** @throws CodedError BACKLOG_FULL */
  requireRoom(): void {
    if (!this.full) return;
    refused.inc({ producer: this.service });
    throw new CodedError(
      CommonErrors.BACKLOG_FULL,
      'Too much is waiting to be told already; try again soon.',
      {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      },
    );
  }

  private async measure(): Promise<boolean> {
    if (performance.now() < this.countAgainAt) return false;
    const startedAt = performance.now();
    try {
      const unsettled = await this.deliveries.count(this.limit);
      this.full = unsettled >= this.limit;
      this.countAgainAt = performance.now() + restAfterCounting(unsettled);
    } catch (error) {
      this.countAgainAt = performance.now() + restAfterFailing(performance.now() - startedAt);
      throw error;
    }
    return false;
  }
}

/** How long to leave PostgreSQL alone after so many rows were counted, in ms. */
export function restAfterCounting(rows: number): number {
  return (rows * REST_US_A_ROW) / 1_000;
}

/** The same after a count that failed: at once when PostgreSQL was away, and late when the count was cut off as too much work. */
export function restAfterFailing(tookMs: number): number {
  return Math.min(tookMs / SHARE, MAX_REST_MS);
}
