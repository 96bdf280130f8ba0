import { Injectable } from '@nestjs/common';

import { Database, type Statement, type Transaction } from '#database/database.js';

import { InboxRepository } from '../inbox/inbox.repository.js';
import type { Hint } from '../inbox/inbox.writer.js';
import { HintPublisher } from '../stream/hints.js';

const FIND_OLD: Statement = {
  name: 'retention-find-old',
  text: `
    SELECT recipient_id AS "recipientId", id FROM inbox_group
    WHERE changed_at < now() - make_interval(days => $1) ORDER BY changed_at LIMIT $2`,
};

/**
 * Looks at each group once more: what changed while its inbox was waited for stays. Where something goes that could be
 * seen, the floor rises to a new number: whoever is below it, live or resuming, still shows it and has to reload. Of
 * tombstones only those need to know who have not heard of them.
 */
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
      SELECT old.recipient_id, max(old.seq) AS heard_seq, bool_or(actor_count > 0) AS shown,
        count(*) FILTER (WHERE actor_count > 0 AND read_at IS NULL AND archived_at IS NULL) AS unread,
        count(*) FILTER (WHERE actor_count > 0 AND read_at IS NULL AND archived_at IS NULL
          AND activity_seq > seen_seq) AS unseen,
        count(*) AS groups
      FROM old JOIN inbox_state USING (recipient_id) GROUP BY old.recipient_id
    )
    UPDATE inbox_state SET
      seq = seq + shown::int,
      floor_seq = CASE WHEN shown THEN seq + 1 ELSE greatest(floor_seq, heard_seq) END,
      unread = inbox_state.unread - total.unread, unseen = inbox_state.unseen - total.unseen
    FROM total WHERE inbox_state.recipient_id = total.recipient_id
    RETURNING inbox_state.recipient_id AS "recipientId", inbox_state.seq, total.groups`,
};

interface OldGroup {
  readonly recipientId: string;
  readonly id: string;
}

/** Forgets groups that have not changed for long, read or not, with the members that they are made of. */
@Injectable()
export class GroupRetention {
  constructor(
    private readonly database: Database,
    private readonly inbox: InboxRepository,
    private readonly hints: HintPublisher,
  ) {}

  /** Deletes at most `limit` groups that have not changed for `days`, those first that have not for longest. */
  async prune(days: number, limit: number): Promise<{ rows: number; more: boolean }> {
    const old = await this.database.query<{ [K in keyof OldGroup]: OldGroup[K] }>(FIND_OLD, [days, limit]);
    if (old.length === 0) return { rows: 0, more: false };
    const pruned = await this.database.transaction(async (tx) => {
      await this.inbox.lock(tx, [...new Set(old.map(({ recipientId }) => recipientId))]);
      return this.pruneLocked(tx, old, days);
    });
    this.hints.publish(pruned);
    return { rows: pruned.reduce((sum, { groups }) => sum + groups, 0), more: old.length === limit };
  }

  private pruneLocked(
    tx: Transaction,
    old: readonly OldGroup[],
    days: number,
  ): Promise<(Hint & { groups: number })[]> {
    return tx.query(PRUNE, [old.map(({ recipientId }) => recipientId), old.map(({ id }) => id), days]);
  }
}
