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
 * tombstones only those need to know who have not heard of them. However many members a group has, it goes at once,
 * with all that was counted of it: they are nobody's any more, and are deleted after it.
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
      INSERT INTO pruned_group (recipient_id, id) SELECT recipient_id, id FROM old
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

/**
 * Waits for nobody: what an inbox takes into a new group meanwhile is that one's. Rows that are held are found by where
 * they are: a join to them may read all of the table.
 */
const PRUNE_MEMBERS: Statement = {
  name: 'retention-prune-members',
  text: `
    WITH page AS (
      SELECT left_over.ctid FROM pruned_group CROSS JOIN LATERAL (
        SELECT member.ctid FROM member
        WHERE recipient_id = pruned_group.recipient_id AND group_id = pruned_group.id
        LIMIT $1 FOR UPDATE SKIP LOCKED) left_over
      LIMIT $1
    ), gone AS (DELETE FROM member WHERE ctid = ANY (ARRAY(SELECT ctid FROM page)) RETURNING 1)
    SELECT count(*) AS rows FROM gone`,
};

const FORGET: Statement = {
  name: 'retention-forget',
  text: `
    DELETE FROM pruned_group WHERE (
      SELECT 1 FROM member
      WHERE member.recipient_id = pruned_group.recipient_id AND member.group_id = pruned_group.id LIMIT 1) IS NULL`,
};

interface OldGroup {
  readonly recipientId: string;
  readonly id: string;
}

/** Members that one statement deletes at most. */
const MEMBERS = 5_000;

/** Forgets groups that have not changed for long, read or not, and then the members that they were made of. */
@Injectable()
export class GroupRetention {
  constructor(
    private readonly database: Database,
    private readonly inbox: InboxRepository,
    private readonly hints: HintPublisher,
  ) {}

  /**
   * Deletes what is left of the groups that went before, and then at most `limit` groups that have not changed for
   * `days`, those first that have not for longest.
   */
  async prune(days: number, limit: number): Promise<{ rows: number; more: boolean }> {
    if (await this.pruneMembers()) return { rows: 0, more: true };
    const old = await this.database.query<{ [K in keyof OldGroup]: OldGroup[K] }>(FIND_OLD, [days, limit]);
    if (old.length === 0) return { rows: 0, more: false };
    const pruned = await this.database.transaction(async (tx) => {
      await this.inbox.lock(tx, [...new Set(old.map(({ recipientId }) => recipientId))]);
      return this.pruneLocked(tx, old, days);
    });
    this.hints.publish(pruned);
    const rows = pruned.reduce((sum, { groups }) => sum + groups, 0);
    return { rows, more: old.length === limit || rows > 0 };
  }

  /** One page of the members that are left of groups that went. Answers whether there may be more. */
  private async pruneMembers(): Promise<boolean> {
    const [page] = await this.database.query<{ rows: number }>(PRUNE_MEMBERS, [MEMBERS]);
    if (page?.rows === MEMBERS) return true;
    await this.database.query(FORGET);
    return false;
  }

  private pruneLocked(
    tx: Transaction,
    old: readonly OldGroup[],
    days: number,
  ): Promise<(Hint & { groups: number })[]> {
    return tx.query(PRUNE, [old.map(({ recipientId }) => recipientId), old.map(({ id }) => id), days]);
  }
}
