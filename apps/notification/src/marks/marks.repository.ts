import { Injectable } from '@nestjs/common';

import type { Statement, Transaction } from '#database/database.js';

import type { Group } from '../inbox/group.js';

const LOAD: Statement = {
  name: 'marks-load',
  text: `SELECT * FROM inbox_group WHERE recipient_id = $1 AND id = $2 AND actor_count > 0`,
};

/** The watermark moves forward only, and never past what there is. */
const SEE: Statement = {
  name: 'marks-see',
  text: `
    WITH mark AS (
      SELECT least($2::bigint, seq) AS seen_seq FROM inbox_state WHERE recipient_id = $1
    )
    UPDATE inbox_state
    SET seen_seq = mark.seen_seq, seq = seq + 1, unseen = (
      SELECT count(*) FROM inbox_group
      WHERE recipient_id = $1 AND actor_count > 0 AND read_at IS NULL AND archived_at IS NULL
        AND activity_seq > mark.seen_seq)
    FROM mark
    WHERE recipient_id = $1 AND inbox_state.seen_seq < mark.seen_seq
    RETURNING inbox_state.seq`,
};

/** Each group gets a sequence of its own, in the order of the list from below, and the counts one after them. */
const READ_UP_TO: Statement = {
  name: 'marks-read-up-to',
  text: `
    WITH target AS (
      SELECT id, activity_seq, row_number() OVER (ORDER BY activity_seq) AS place FROM inbox_group
      WHERE recipient_id = $1 AND actor_count > 0 AND read_at IS NULL AND archived_at IS NULL AND activity_seq <= $2
    ), read AS (
      UPDATE inbox_group
      SET read_at = clock_timestamp(), closed_at = coalesce(closed_at, clock_timestamp()), changed_at = now(),
        seq = inbox_state.seq + target.place
      FROM target, inbox_state
      WHERE inbox_group.recipient_id = $1 AND inbox_group.id = target.id AND inbox_state.recipient_id = $1
    )
    UPDATE inbox_state
    SET seq = inbox_state.seq + total.groups + 1, unread = inbox_state.unread - total.groups,
      unseen = inbox_state.unseen - total.unseen
    FROM (
      SELECT count(*)::int AS groups, (count(*) FILTER (WHERE activity_seq > seen_seq))::int AS unseen
      FROM target, inbox_state WHERE inbox_state.recipient_id = $1
    ) total
    WHERE recipient_id = $1 AND total.groups > 0
    RETURNING inbox_state.seq`,
};

/** What marking needs of an inbox; its state must be locked. */
@Injectable()
export class MarksRepository {
  /** A visible group of this recipient's. */
  async load(tx: Transaction, recipientId: string, groupId: string): Promise<Group | undefined> {
    const [row] = await tx.query<Group & Record<string, unknown>>(LOAD, [recipientId, groupId]);
    return row;
  }

  /** Moves the watermark of what was seen. Answers the new sequence, undefined when nothing changed. */
  async see(tx: Transaction, recipientId: string, upTo: number): Promise<number | undefined> {
    return (await tx.query<{ seq: number }>(SEE, [recipientId, upTo]))[0]?.seq;
  }

  /** Marks everything unread up to an `activitySeq` as read. Answers the new sequence, undefined when nothing changed. */
  async readUpTo(tx: Transaction, recipientId: string, upTo: number): Promise<number | undefined> {
    return (await tx.query<{ seq: number }>(READ_UP_TO, [recipientId, upTo]))[0]?.seq;
  }
}
