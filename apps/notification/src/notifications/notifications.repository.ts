import { Injectable } from '@nestjs/common';

import { Database, type Statement } from '#database/database.js';

import { ONE_ACT_EACH } from '../inbox/act.js';
import type { Group } from '../inbox/group.js';
import type { NotificationsQuery } from './notifications.schemas.js';

const STATE = `coalesce(inbox_state.seq, 0) AS state_seq, coalesce(inbox_state.seen_seq, 0) AS seen_seq,
      coalesce(inbox_state.unread, 0) AS unread, coalesce(inbox_state.unseen, 0) AS unseen`;

/** State and groups in one statement, hence in one snapshot: a stream that starts at this seq misses nothing. */
const listOf = (state: NotificationsQuery['state'], condition: string): Statement => ({
  name: `notifications-list-${state}`,
  text: `
    SELECT ${STATE}, listed.*
    FROM (SELECT $1::text AS recipient_id) reader
    LEFT JOIN inbox_state ON inbox_state.recipient_id = reader.recipient_id
    LEFT JOIN LATERAL (
      SELECT * FROM inbox_group
      WHERE inbox_group.recipient_id = $1 AND actor_count > 0 AND ${condition}
        AND ($2::bigint IS NULL OR activity_seq < $2) AND ($3::text IS NULL OR type = $3)
      ORDER BY activity_seq DESC LIMIT $4
    ) listed ON true
    ORDER BY listed.activity_seq DESC`,
});

const LISTS: Record<NotificationsQuery['state'], Statement> = {
  all: listOf('all', 'archived_at IS NULL'),
  unread: listOf('unread', 'archived_at IS NULL AND read_at IS NULL'),
  archived: listOf('archived', 'archived_at IS NOT NULL'),
};

const COUNTS: Statement = {
  name: 'notifications-counts',
  text: `SELECT seq, unread, unseen FROM inbox_state WHERE recipient_id = $1`,
};

const FIND: Statement = {
  name: 'notifications-find',
  text: `
    SELECT inbox_group.*, inbox_state.seen_seq
    FROM inbox_group JOIN inbox_state USING (recipient_id)
    WHERE recipient_id = $1 AND id = $2 AND actor_count > 0`,
};

/** Where one actor may have many acts, each page takes all of the group together. */
const ACTORS: Statement = {
  name: 'notifications-actors',
  text: `
    SELECT actor_id, max(activity_seq) AS activity_seq, max(at) AS latest_at,
      (array_agg(reaction ORDER BY activity_seq DESC, at DESC))[1] AS reaction
    FROM member
    WHERE recipient_id = $1 AND group_id = $2 AND active AND hidden = 0
    GROUP BY actor_id
    HAVING $3::bigint IS NULL OR (max(activity_seq), actor_id) < ($3, $4)
    ORDER BY max(activity_seq) DESC, actor_id DESC
    LIMIT $5`,
};

/** Where members are actors, a page reads no more than it shows; the first begins before all there are. */
const ACTORS_OF_ONE_ACT: Statement = {
  name: 'notifications-actors-of-one-act',
  text: `
    SELECT actor_id, activity_seq, at AS latest_at, reaction
    FROM member
    WHERE recipient_id = $1 AND group_id = $2 AND active AND hidden = 0
      AND (activity_seq, actor_id) < (coalesce($3::bigint, ${Number.MAX_SAFE_INTEGER}), coalesce($4::text, ''))
    ORDER BY activity_seq DESC, actor_id DESC
    LIMIT $5`,
};

export interface StateRow {
  readonly state_seq: number;
  readonly seen_seq: number;
  readonly unread: number;
  readonly unseen: number;
}

export interface ActorRow {
  readonly actor_id: string;
  readonly activity_seq: number;
  readonly latest_at: Date;
  readonly reaction: string | null;
}

/** Reads of one inbox; the recipient stands in every query. */
@Injectable()
export class NotificationsRepository {
  constructor(private readonly database: Database) {}

  /** One page, newest activity first, with the inbox's numbers of the same moment. Reads `limit + 1`. */
  async list(
    recipientId: string,
    query: Pick<NotificationsQuery, 'state' | 'type' | 'limit'>,
    before: number | undefined,
  ): Promise<{ state: StateRow; groups: Group[] }> {
    const rows = await this.database.query<StateRow & (Group | { id: null })>(LISTS[query.state], [
      recipientId,
      before ?? null,
      query.type ?? null,
      query.limit + 1,
    ]);
    const [state] = rows;
    if (state === undefined) throw new Error('a left join from one row answered none');
    return { state, groups: rows.filter((row): row is StateRow & Group => row.id !== null) };
  }

  async counts(recipientId: string): Promise<{ seq: number; unread: number; unseen: number }> {
    const [row] = await this.database.query<{ seq: number; unread: number; unseen: number }>(COUNTS, [
      recipientId,
    ]);
    return row ?? { seq: 0, unread: 0, unseen: 0 };
  }

  /** A visible group of this recipient's. */
  async find(recipientId: string, id: string): Promise<{ group: Group; seenSeq: number } | undefined> {
    const [row] = await this.database.query<Group & { seen_seq: number } & Record<string, unknown>>(FIND, [
      recipientId,
      id,
    ]);
    return row === undefined ? undefined : { group: row, seenSeq: row.seen_seq };
  }

  /** A group's actors, latest first. */
  async actors(
    recipientId: string,
    group: Group,
    after: { activitySeq: number; actorId: string } | undefined,
    limit: number,
  ): Promise<ActorRow[]> {
    const statement = ONE_ACT_EACH.has(group.type) ? ACTORS_OF_ONE_ACT : ACTORS;
    return this.database.query<ActorRow & Record<string, unknown>>(statement, [
      recipientId,
      group.id,
      after?.activitySeq ?? null,
      after?.actorId ?? null,
      limit,
    ]);
  }
}
