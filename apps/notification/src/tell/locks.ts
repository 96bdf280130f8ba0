import { Injectable } from '@nestjs/common';

import type { Transaction } from '#database/database.js';

import type { ActState } from '../inbox/act.js';
import { ActsRepository } from '../inbox/acts.repository.js';
import { InboxRepository } from '../inbox/inbox.repository.js';
import type { Audience } from './audience.js';

/** What the worker locks before it reads what it changes: acts first, then inboxes, each in one pass. */
@Injectable()
export class TellLocks {
  constructor(
    private readonly acts: ActsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Locks what audiences of one lane are about, and records edits and removals. Answers where their acts stand. */
  async take(tx: Transaction, audiences: readonly Audience[]): Promise<ReadonlyMap<string, ActState>> {
    const acts = await this.lockActs(tx, audiences);
    await this.lockWishers(tx, audiences);
    return acts;
  }

  private async lockActs(
    tx: Transaction,
    audiences: readonly Audience[],
  ): Promise<ReadonlyMap<string, ActState>> {
    const ids = new Set<string>();
    const news: { id: string; version: number; removed: boolean }[] = [];
    for (const audience of audiences) {
      if (audience.kind === 'tell') {
        for (const id of [audience.act.id, ...audience.dependsOn]) ids.add(id);
        if (audience.replacesMentions)
          news.push({ id: audience.act.id, version: audience.act.version, removed: false });
      } else if (audience.kind === 'retract') {
        ids.add(audience.actId);
        news.push({ id: audience.actId, version: audience.version, removed: true });
      }
    }
    if (ids.size === 0) return new Map();
    if (news.length === 0) return this.acts.share(tx, [...ids]);
    const owned = await this.acts.own(tx, [...ids]);
    return new Map([...owned, ...(await this.acts.advance(tx, news))]);
  }

  /** What a wish hides is worked out under the lock of its inbox; these have a transaction of their own. */
  private async lockWishers(tx: Transaction, audiences: readonly Audience[]): Promise<void> {
    const wishers = audiences.flatMap((audience) =>
      audience.kind === 'thread-level' ? [audience.recipientId] : [],
    );
    if (wishers.length > 0) await this.inbox.lock(tx, [...new Set(wishers)]);
  }
}
