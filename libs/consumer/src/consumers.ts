import { Injectable } from '@nestjs/common';

import type { LedgerRepository } from '#consumer/ledger.repository.js';
import type { Consumer } from '#contracts/catalogue.js';

/** The ledgers that a process can answer for. */
@Injectable()
export class Consumers {
  private readonly ledgers = new Map<Consumer, LedgerRepository>();

  /** @throws Error when a consumer is registered twice, for then events would be taken by two tables of handlers. */
  register(consumer: Consumer, ledger: LedgerRepository): void {
    if (this.ledgers.has(consumer)) throw new Error(`the consumer ${consumer} is registered twice`);
    this.ledgers.set(consumer, ledger);
  }

  ledgerOf(consumer: string): LedgerRepository | undefined {
    return this.ledgers.get(consumer as Consumer);
  }

  /** @throws Error when a consumer that this process should run is missing. */
  requireAll(expected: readonly Consumer[]): void {
    const missing = expected.filter((consumer) => !this.ledgers.has(consumer));
    if (missing.length > 0) throw new Error(`no handlers for the consumer ${missing.join(', ')}`);
  }
}
