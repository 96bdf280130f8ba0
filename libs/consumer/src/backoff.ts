import type { QueueDefinition } from '#contracts/queues.js';

/** Exponential with jitter, in milliseconds: between half and all of `base · 2^(attempt-1)`, at most `max`. */
export function backoff({ baseMs, maxMs }: QueueDefinition['backoff'], attempt: number): number {
  return Math.min(baseMs * 2 ** (attempt - 1), maxMs) * (0.5 + Math.random() / 2);
}
