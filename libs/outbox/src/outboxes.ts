import { Global, Injectable, Module } from '@nestjs/common';

import type { Service } from '#config/config.js';
import type { Outbox } from '#outbox/outbox.js';

/** The outboxes of the producing services that a process hosts. */
@Injectable()
export class Outboxes {
  private readonly hosted = new Map<string, Outbox>();

  register(service: Service, outbox: Outbox): void {
    this.hosted.set(service, outbox);
  }

  /** Undefined when another process hosts it, or nobody: not every service produces. */
  find(service: string): Outbox | undefined {
    return this.hosted.get(service);
  }
}

@Global()
@Module({ providers: [Outboxes], exports: [Outboxes] })
export class OutboxesModule {}
