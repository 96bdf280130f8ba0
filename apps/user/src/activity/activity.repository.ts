import { Injectable } from '@nestjs/common';

import type { Statement, Transaction } from '#database/database.js';

import type { Activity } from './activity.js';

const ADD: Statement = {
  name: 'activity-add',
  text: `
    INSERT INTO activity (user_id, event_id, verb, subject_kind, subject_id, at)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
    ON CONFLICT DO NOTHING`,
};

/** What people did. */
@Injectable()
export class ActivityRepository {
  async add(tx: Transaction, activities: readonly Activity[]): Promise<void> {
    await tx.query(ADD, [
      activities.map(({ userId }) => userId),
      activities.map(({ eventId }) => eventId),
      activities.map(({ verb }) => verb),
      activities.map(({ subjectKind }) => subjectKind),
      activities.map(({ subjectId }) => subjectId),
      activities.map(({ at }) => at),
    ]);
  }
}
