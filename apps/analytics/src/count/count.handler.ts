import { Injectable } from '@nestjs/common';

import type { AfterCommit, EventHandler, PreparedEvent } from '#consumer/event-handler.js';
import type { Transaction } from '#database/database.js';

import { CountRepository } from './count.repository.js';
import { sumDeltas } from './deltas.js';

const ONE_LANE = 'count';

/** Counts reactions, comments and commenters of posts; an envelope is one statement. */
@Injectable()
export class CountHandler implements EventHandler<'analytics', void> {
  constructor(private readonly counts: CountRepository) {}

  laneOf(): string {
    return ONE_LANE;
  }

  async prepare(): Promise<void> {}

  async apply(tx: Transaction, events: readonly PreparedEvent<'analytics', void>[]): Promise<AfterCommit> {
    const deltas = sumDeltas(events.map(({ event }) => event));
    if (deltas.counters.length > 0) await this.counts.add(tx, deltas);
    return () => {};
  }
}
