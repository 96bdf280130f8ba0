import { Injectable } from '@nestjs/common';

import type { DeadLettersRepository } from '#consumer/dead-letters.repository.js';
import type { EventHandler } from '#consumer/event-handler.js';
import type { LedgerRepository } from '#consumer/ledger.repository.js';
import type { Consumer } from '#contracts/catalogue.js';

/** What a process can answer of one of its consumers. */
export interface HostedConsumer {
  readonly consumer: Consumer;
  readonly ledger: LedgerRepository;
  readonly letters: DeadLettersRepository;
  readonly handler: Pick<EventHandler<Consumer, never>, 'reach' | 'discard'>;
  /** Letters were marked to be applied again. */
  readonly redrive: () => void;
}

/** The consumers that a process hosts. */
@Injectable()
export class Consumers {
  private readonly hosted = new Map<string, HostedConsumer>();

  /** @throws Error when a consumer is registered twice, for then events would be taken by two tables of handlers. */
  register(hosted: HostedConsumer): void {
    if (this.hosted.has(hosted.consumer))
      throw new Error(`the consumer ${hosted.consumer} is registered twice`);
    this.hosted.set(hosted.consumer, hosted);
  }

  /** Undefined when another process hosts it. */
  find(consumer: string): HostedConsumer | undefined {
    return this.hosted.get(consumer);
  }

  /** @throws Error when a consumer that this process should run is missing. */
  requireAll(expected: readonly Consumer[]): void {
    const missing = expected.filter((consumer) => !this.hosted.has(consumer));
    if (missing.length > 0) throw new Error(`no handlers for the consumer ${missing.join(', ')}`);
  }
}
