import { Counter, Histogram } from 'prom-client';

import type { Consumer } from '#contracts/catalogue.js';

/** Events of this process's consumers. */
export const outcomes = new Counter({
  name: 'beckon_events_total',
  help: 'Events by consumer and what became of them',
  labelNames: ['consumer', 'outcome'],
});

/** From the acceptance of an event, by its producer's clock, to the commit of its effect. */
export const arrivals = new Histogram({
  name: 'beckon_event_arrival_seconds',
  help: 'From the acceptance of an event to the commit of what a consumer makes of it',
  labelNames: ['consumer'],
  buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900],
});

export type Outcome = 'done' | 'skipped' | 'split' | 'retried' | 'delayed' | 'dead';

/** From 0 on: what first appears with a value has not grown, as Prometheus sees it. */
export function beginOutcomes(consumer: Consumer): void {
  for (const outcome of ['done', 'skipped', 'dead'] satisfies Outcome[])
    outcomes.inc({ consumer, outcome }, 0);
}

/** Counts what became of a consumer's events. */
export function countOutcome(consumer: Consumer, outcome: Outcome, events: number): void {
  if (events > 0) outcomes.inc({ consumer, outcome }, events);
}

/** Notes how long events took that have just been settled. @param times when each was accepted (RFC 3339) */
export function observeArrivals(consumer: Consumer, times: readonly string[], now: number): void {
  // The clocks of two machines may differ; nothing arrives before it was sent.
  for (const time of times) arrivals.observe({ consumer }, Math.max(0, now - Date.parse(time)) / 1000);
}
