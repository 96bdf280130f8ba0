import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Counter } from 'prom-client';

import { Config } from '#config/config.js';
import { Database } from '#database/database.js';
import { Loop } from '#lifecycle/loop.js';
import { Shutdown } from '#lifecycle/shutdown.js';

import { InboxRepository } from '../inbox/inbox.repository.js';
import { RetentionRepository } from './retention.repository.js';

/** Small enough that no inbox is locked for long. */
const BATCH = 200;

const pruned = new Counter({
  name: 'beckon_inbox_groups_pruned_total',
  help: 'Groups deleted because they are old',
});

/** Forgets groups that have not changed for INBOX_RETENTION_DAYS, batch by batch. */
@Injectable()
export class RetentionWorker implements OnApplicationBootstrap {
  private readonly loop: Loop;

  constructor(
    private readonly config: Config,
    shutdown: Shutdown,
    private readonly database: Database,
    private readonly inbox: InboxRepository,
    private readonly retention: RetentionRepository,
  ) {
    this.loop = new Loop({
      name: 'retention',
      step: () => this.pruneBatch(),
      idleMs: config.RETENTION_INTERVAL_SECONDS * 1_000,
    });
    shutdown.register('workers', 'retention', () => this.loop.stop());
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  private async pruneBatch(): Promise<boolean> {
    const days = this.config.INBOX_RETENTION_DAYS;
    const old = await this.retention.findOld(days, BATCH);
    if (old.length === 0) return false;
    const count = await this.database.transaction(async (tx) => {
      await this.inbox.lock(tx, [...new Set(old.map(({ recipientId }) => recipientId))]);
      return this.retention.prune(tx, old, days);
    });
    pruned.inc(count);
    return old.length === BATCH;
  }
}
