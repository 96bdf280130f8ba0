import type { Consumer, EventsOf } from '#contracts/catalogue.js';
import { eventsOf } from '#contracts/catalogue.js';
import { type AnyEvent, parseEvent } from '#contracts/events.js';
import type { Envelope } from '#queue/event-queues.js';

/** Ledgers are pruned after this; an event older than that could be applied twice, so it never is. */
export const LEDGER_RETENTION_DAYS = 30;

export interface Unreadable {
  /** What arrived; anything. */
  readonly raw: unknown;
  readonly error: string;
}

export interface OpenedEnvelope<C extends Consumer> {
  readonly events: AnyEvent<EventsOf<C>>[];
  readonly unreadable: Unreadable[];
}

/** Reads a job's data as unknown: what is no event of this consumer can never succeed and is set apart. */
export function openEnvelope<C extends Consumer>(consumer: C, data: unknown, now: number): OpenedEnvelope<C> {
  const entries = (data as Envelope | null | undefined)?.events;
  if (!Array.isArray(entries))
    return { events: [], unreadable: [{ raw: data, error: 'not an envelope of events' }] };
  const known = new Set<string>(eventsOf(consumer));
  const opened: OpenedEnvelope<C> = { events: [], unreadable: [] };
  for (const raw of entries) {
    try {
      const event = parseEvent(raw);
      if (!known.has(event.type)) throw new Error(`${consumer} does not take ${event.type}`);
      if (now - timeOf(event.id) > LEDGER_RETENTION_DAYS * 86_400_000) {
        throw new Error(`older than the ledger keeps (${LEDGER_RETENTION_DAYS} days)`);
      }
      opened.events.push(event as AnyEvent<EventsOf<C>>);
    } catch (error) {
      opened.unreadable.push({ raw, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return opened;
}

/** The milliseconds since 1970 that a UUIDv7 begins with (RFC 9562, 5.7). */
export function timeOf(uuid: string): number {
  return Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16);
}
