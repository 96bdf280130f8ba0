import { Injectable } from '@nestjs/common';

import type { Statement, Transaction } from '#database/database.js';

import type { ActState } from './act.js';

const ENSURE_ACTS: Statement = {
  name: 'act-ensure',
  text: `INSERT INTO act (id) SELECT id FROM unnest($1::text[]) AS id ORDER BY id ON CONFLICT DO NOTHING`,
};

const ACT_COLUMNS = `id, version, removed_version AS "removedVersion"`;

const SHARE_ACTS: Statement = {
  name: 'act-share',
  text: `SELECT ${ACT_COLUMNS} FROM act WHERE id = ANY($1::text[]) ORDER BY id FOR SHARE`,
};

const OWN_ACTS: Statement = {
  name: 'act-own',
  text: `SELECT ${ACT_COLUMNS} FROM act WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE`,
};

const ADVANCE_ACTS: Statement = {
  name: 'act-advance',
  text: `
    UPDATE act SET
      version = greatest(act.version, news.version),
      removed_version = greatest(act.removed_version, news.removed_version),
      updated_at = now()
    FROM (
      SELECT id, max(version) AS version, max(version) FILTER (WHERE removed) AS removed_version
      FROM unnest($1::text[], $2::int[], $3::boolean[]) AS n (id, version, removed) GROUP BY id
    ) news
    WHERE act.id = news.id
    RETURNING act.id, act.version, act.removed_version AS "removedVersion"`,
};

/** The acts that members hang on: each a lock and a memory of removals. They are locked before anything of an inbox. */
@Injectable()
export class ActsRepository {
  /** Holds acts so that none of them is removed before this transaction ends; creates those that are not known yet. */
  share(tx: Transaction, ids: readonly string[]): Promise<Map<string, ActState>> {
    return this.lock(tx, SHARE_ACTS, ids);
  }

  /** Holds acts in order to change them. */
  own(tx: Transaction, ids: readonly string[]): Promise<Map<string, ActState>> {
    return this.lock(tx, OWN_ACTS, ids);
  }

  /** Records edits and removals of acts that are owned; an older version than the known one changes nothing. */
  async advance(
    tx: Transaction,
    news: readonly { readonly id: string; readonly version: number; readonly removed: boolean }[],
  ): Promise<Map<string, ActState>> {
    const rows = await tx.query<ActRow>(ADVANCE_ACTS, [
      news.map(({ id }) => id),
      news.map(({ version }) => version),
      news.map(({ removed }) => removed),
    ]);
    return byId(rows);
  }

  private async lock(
    tx: Transaction,
    lock: Statement,
    ids: readonly string[],
  ): Promise<Map<string, ActState>> {
    for (;;) {
      await tx.query(ENSURE_ACTS, [ids]);
      const rows = await tx.query<ActRow>(lock, [ids]);
      // Retention may take an old act between the two statements; unlocked, nothing would be known of its removal.
      if (rows.length === new Set(ids).size) return byId(rows);
    }
  }
}

type ActRow = { [K in keyof ActState]: ActState[K] };

function byId(rows: readonly ActRow[]): Map<string, ActState> {
  return new Map(rows.map((row) => [row.id, row]));
}
