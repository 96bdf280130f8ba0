import { Injectable } from '@nestjs/common';

import { Database, type Statement } from '#database/database.js';

import type { Group } from '../inbox/group.js';

const STATES: Statement = {
  name: 'stream-states',
  text: `
    SELECT recipient_id, seq, floor_seq, seen_seq, unread, unseen
    FROM inbox_state WHERE recipient_id = ANY($1::text[])`,
};

/** States and groups of one snapshot, so that a state never speaks of groups that are not there. */
const AFTER: Statement = {
  name: 'stream-after',
  text: `
    SELECT inbox_state.seq AS state_seq, inbox_state.floor_seq, inbox_state.seen_seq, inbox_state.unread,
      inbox_state.unseen, wanted.recipient_id AS reader, news.*
    FROM unnest($1::text[], $2::bigint[]) AS wanted (recipient_id, after)
    JOIN inbox_state ON inbox_state.recipient_id = wanted.recipient_id AND inbox_state.recipient_id = ANY($1::text[])
    LEFT JOIN LATERAL (
      SELECT * FROM inbox_group
      WHERE inbox_group.recipient_id = wanted.recipient_id AND inbox_group.seq > wanted.after
      ORDER BY inbox_group.seq LIMIT $3
    ) news ON true
    ORDER BY wanted.recipient_id, news.seq`,
};

export interface StreamState {
  readonly seq: number;
  readonly floorSeq: number;
  readonly seenSeq: number;
  readonly unread: number;
  readonly unseen: number;
}

export interface News {
  readonly state: StreamState;
  /** Groups that changed after the position, tombstones included, in order; at most the limit. */
  readonly groups: Group[];
}

interface StateColumns {
  readonly recipient_id: string;
  readonly seq: number;
  readonly floor_seq: number;
  readonly seen_seq: number;
  readonly unread: number;
  readonly unseen: number;
}

type NewsRow = Omit<StateColumns, 'recipient_id' | 'seq'> & {
  readonly state_seq: number;
  readonly reader: string;
} & (Group | { id: null });

/** What streams read, for many recipients in one statement. */
@Injectable()
export class StreamRepository {
  constructor(private readonly database: Database) {}

  /** Inboxes that nothing has reached yet are left out. */
  async states(recipientIds: readonly string[]): Promise<Map<string, StreamState>> {
    const rows = await this.database.query<{ [K in keyof StateColumns]: StateColumns[K] }>(STATES, [
      recipientIds,
    ]);
    return new Map(rows.map((row) => [row.recipient_id, toState(row.seq, row)]));
  }

  /** Everything after each recipient's position, oldest change first. */
  async after(positions: ReadonlyMap<string, number>, limit: number): Promise<Map<string, News>> {
    const rows = await this.database.query<NewsRow>(AFTER, [
      [...positions.keys()],
      [...positions.values()],
      limit,
    ]);
    const news = new Map<string, News>();
    for (const row of rows) {
      const own = news.get(row.reader) ?? { state: toState(row.state_seq, row), groups: [] };
      news.set(row.reader, own);
      if (row.id !== null) own.groups.push(row);
    }
    return news;
  }
}

function toState(seq: number, row: Omit<StateColumns, 'recipient_id' | 'seq'>): StreamState {
  return { seq, floorSeq: row.floor_seq, seenSeq: row.seen_seq, unread: row.unread, unseen: row.unseen };
}
