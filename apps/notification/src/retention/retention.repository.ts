import { Injectable } from '@nestjs/common';

import { Database, type Statement, type Transaction } from '#database/database.js';

const FIND_OLD: Statement = {
  name: 'retention-find-old',
  text: `
    SELECT recipient_id AS "recipientId", id FROM inbox_group
    WHERE changed_at < now() - make_interval(days => $1) ORDER BY changed_at LIMIT $2`,
};

/** Looks at each group once more: what changed while its inbox was waited for stays. */
const PRUNE: Statement = {
  name: 'retention-prune',
  text: `
    WITH old AS (
      DELETE FROM inbox_group USING unnest($1::text[], $2::uuid[]) AS found (recipient_id, id)
      WHERE inbox_group.recipient_id = found.recipient_id AND inbox_group.id = found.id
        AND inbox_group.changed_at < now() - make_interval(days => $3)
      RETURNING inbox_group.*
    ), gone AS (
      DELETE FROM member USING old WHERE member.recipient_id = old.recipient_id AND member.group_id = old.id
    ), total AS (
      SELECT old.recipient_id, max(old.seq) AS floor_seq,
        count(*) FILTER (WHERE actor_count > 0 AND read_at IS NULL AND archived_at IS NULL) AS unread,
        count(*) FILTER (WHERE actor_count > 0 AND read_at IS NULL AND archived_at IS NULL
          AND activity_seq > seen_seq) AS unseen,
        count(*) AS groups
      FROM old JOIN inbox_state USING (recipient_id) GROUP BY old.recipient_id
    )
    UPDATE inbox_state SET
      floor_seq = greatest(inbox_state.floor_seq, total.floor_seq), seq = seq + 1,
      unread = inbox_state.unread - total.unread, unseen = inbox_state.unseen - total.unseen
    FROM total WHERE inbox_state.recipient_id = total.recipient_id
    RETURNING total.groups`,
};

/** Old groups, read or not, and what they are made of. */
@Injectable()
export class RetentionRepository {
  constructor(private readonly database: Database) {}

  /** Groups that have not changed for `days`, oldest first. */
  findOld(days: number, limit: number): Promise<{ recipientId: string; id: string }[]> {
    return this.database.query<{ recipientId: string; id: string }>(FIND_OLD, [days, limit]);
  }

  /** Deletes groups of inboxes that are locked; their streams can no longer resume below. Answers how many. */
  async prune(
    tx: Transaction,
    groups: readonly { recipientId: string; id: string }[],
    days: number,
  ): Promise<number> {
    const rows = await tx.query<{ groups: number }>(PRUNE, [
      groups.map(({ recipientId }) => recipientId),
      groups.map(({ id }) => id),
      days,
    ]);
    return rows.reduce((sum, row) => sum + row.groups, 0);
  }
}
