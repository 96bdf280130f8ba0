import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';

import type { Unreadable } from '#consumer/envelope.js';
import type { LedgerRepository } from '#consumer/ledger.repository.js';
import { countOutcome } from '#consumer/outcomes.js';
import type { Consumer } from '#contracts/catalogue.js';
import { BeckonId } from '#contracts/ids.js';
import { eventQueues } from '#contracts/queues.js';
import type { Transaction } from '#database/database.js';
import { logger } from '#logging/logger.js';

/** An event that is given up. */
export interface GivenUp {
  readonly id: string;
  readonly type: string;
  /** As it is to be applied when it is redriven. */
  readonly payload: unknown;
  readonly error: string;
  readonly attempts: number;
}

/** Makes a consumer's dead letters. */
export class Burial {
  private readonly queue: string;

  constructor(
    private readonly consumer: Consumer,
    private readonly ledger: LedgerRepository,
  ) {
    this.queue = eventQueues[consumer].name;
  }

  /** Settles an event as a dead letter, unless it is settled already. */
  async bury({ payload, ...event }: GivenUp): Promise<void> {
    const letter = { ...event, id: uuidv7(), queue: this.queue, payload: JSON.stringify(payload) };
    if (await this.ledger.bury(event.id, letter)) this.report(event);
  }

  /**
   * Makes a dead letter of an event that was settled, because what follows from it cannot go on. Redriving it goes on
   * there. What was given up of it before stays in the letter, under the newer error.
   * @returns what to call after the commit
   */
  async buryDone(tx: Transaction, { payload, ...event }: GivenUp): Promise<() => void> {
    const letter = { ...event, id: uuidv7(), queue: this.queue, payload: JSON.stringify(payload) };
    await this.ledger.buryDone(tx, event.id, letter);
    return () => this.report(event);
  }

  /** What can't be read is kept as it came; it settles its event too if it has an id that can be told. */
  async buryUnreadable({ raw, error }: Unreadable): Promise<void> {
    const payload = JSON.stringify(raw) ?? 'undefined';
    const { id: eventId, type } = (raw ?? {}) as { id?: unknown; type?: unknown };
    const letter = { queue: this.queue, payload, error };
    const known = BeckonId.safeParse(eventId);
    const name = (typeof type === 'string' ? type : 'unknown').replaceAll('\0', '').slice(0, 100);
    const buried = known.success
      ? await this.ledger.bury(known.data, { ...letter, id: uuidv7(), type: name, attempts: 1 })
      : await this.ledger.buryUnreadable({ ...letter, id: contentId(payload) });
    if (!buried) return;
    countOutcome(this.consumer, 'dead', 1);
    logger.error({ queue: this.queue, error }, 'a job that is no event became a dead letter');
  }

  private report({ id: eventId, type, attempts, error }: Omit<GivenUp, 'payload'>): void {
    countOutcome(this.consumer, 'dead', 1);
    logger.error({ eventId, type, attempts, error }, 'event became a dead letter');
  }
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
