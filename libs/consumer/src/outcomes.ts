import { Counter } from 'prom-client';

import type { Consumer } from '#contracts/catalogue.js';

const outcomes = new Counter({
  name: 'beckon_events_total',
  help: 'Events by consumer and what became of them',
  labelNames: ['consumer', 'outcome'],
});

export type Outcome = 'done' | 'skipped' | 'split' | 'retried' | 'delayed' | 'dead';

/** Counts what became of a consumer's events. */
export function countOutcome(consumer: Consumer, outcome: Outcome, events: number): void {
  if (events > 0) outcomes.inc({ consumer, outcome }, events);
}
