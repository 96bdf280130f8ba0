import type { Consumer } from '#contracts/catalogue.js';

export interface QueueDefinition {
  /** `<consumer>.<verb>`. */
  readonly name: string;
  /** Jobs that one process works on at a time. */
  readonly concurrency: number;
  /** Events that travel in one job at most. */
  readonly envelopeSize: number;
  /** Events that may be dispatched and not yet settled; what exceeds it waits in PostgreSQL. */
  readonly inFlightLimit: number;
  /** How long a fresh event waits for company. People wait for notifications; counters and logs can wait for them. */
  readonly lingerMs: number;
  /** Attempts at one event before it becomes a dead letter; counted in PostgreSQL. */
  readonly attempts: number;
  /** Exponential back-off between attempts, half to all of it at random, at most `maxMs`. */
  readonly backoff: { readonly baseMs: number; readonly maxMs: number };
}

const usual = {
  concurrency: 4,
  envelopeSize: 100,
  inFlightLimit: 5_000,
  lingerMs: 20,
  attempts: 5,
  backoff: { baseMs: 500, maxMs: 30_000 },
} as const;

/** The queue through which each consumer receives its events. */
export const eventQueues = {
  notification: { ...usual, name: 'notification.fanout', lingerMs: 0 },
  analytics: { ...usual, name: 'analytics.count', concurrency: 2 },
  user: { ...usual, name: 'user.activity', concurrency: 2 },
} as const satisfies Record<Consumer, QueueDefinition>;

/** BullMQ's lock and stall scan: a job of a killed worker is taken over within lock + scan. */
export const JOB_LOCK_MS = 10_000;
export const STALL_SCAN_MS = 5_000;
/** Attempts are counted in PostgreSQL; what BullMQ gave up would come back only when its producer asks after it. */
export const MAX_STALLED = 1_000;
