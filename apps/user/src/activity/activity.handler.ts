import { Injectable } from '@nestjs/common';

import type { AfterCommit, EventHandler, PreparedEvent } from '#consumer/event-handler.js';
import type { EventsOf } from '#contracts/catalogue.js';
import type { Transaction } from '#database/database.js';

import { activityOf } from './activity.js';
import { ActivityRepository } from './activity.repository.js';

const ONE_LANE = 'activity';

/** Writes what people did, in all services, into their logs. */
@Injectable()
export class ActivityHandler implements EventHandler<'user', void> {
  constructor(private readonly activities: ActivityRepository) {}

  laneOf(): string {
    return ONE_LANE;
  }

  async prepare(): Promise<void> {}

  async apply(tx: Transaction, events: readonly PreparedEvent<'user', void>[]): Promise<AfterCommit> {
    await this.activities.add(
      tx,
      events.map(({ event }) => activityOf<EventsOf<'user'>>(event)),
    );
    return () => {};
  }
}
