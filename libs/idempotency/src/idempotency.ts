import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';

import { Database, type Queryable, type Statement } from '#database/database.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { pruneOldest } from '#retention/prune.js';
import { Retention } from '#retention/retention.js';

/** An answer that can be given again: its status and its JSON body. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export interface OnceRequest {
  readonly actorId: string;
  /** Method and path, ids included. */
  readonly route: string;
  readonly key: string | undefined;
  /** The validated body. */
  readonly body: unknown;
}

interface KeyRow {
  readonly request_hash: string;
  readonly status: number;
  readonly answer: unknown;
}

const KEPT = `interval '24 hours'`;

const FIND: Statement = {
  name: 'idempotency-find',
  text: `
    SELECT request_hash, status, answer FROM idempotency_key
    WHERE actor_id = $1 AND route = $2 AND key = $3 AND created_at > now() - ${KEPT}`,
};

/** Waits for a request with the same key that is under way; answers no row when that one has answered. */
const TAKE: Statement = {
  name: 'idempotency-take',
  text: `
    INSERT INTO idempotency_key AS k (actor_id, route, key, request_hash, status, answer)
    VALUES ($1, $2, $3, $4, 0, 'null')
    ON CONFLICT (actor_id, route, key) DO UPDATE
      SET request_hash = excluded.request_hash, created_at = now()
      WHERE k.created_at <= now() - ${KEPT}
    RETURNING 1`,
};

const KEEP: Statement = {
  name: 'idempotency-keep',
  text: `
    UPDATE idempotency_key SET status = $4, answer = $5::json WHERE actor_id = $1 AND route = $2 AND key = $3`,
};

/** An hour later than they are taken for new, so that none goes while a request looks at it. */
const PRUNE: Statement = {
  name: 'idempotency-prune',
  text: `
    WITH old AS (
      SELECT actor_id, route, key FROM idempotency_key WHERE created_at < now() - ${KEPT} - interval '1 hour'
      ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ), gone AS (
      DELETE FROM idempotency_key AS k USING old
      WHERE k.actor_id = old.actor_id AND k.route = old.route AND k.key = old.key
      RETURNING 1
    )
    SELECT count(*) AS rows FROM gone`,
};

/** Requests that carry an Idempotency-Key are carried out once, and answered the same for 24 hours. */
@Injectable()
export class Idempotency {
  constructor(
    private readonly database: Database,
    retention: Retention,
  ) {
    retention.add({
      service: database.service,
      table: 'idempotency_key',
      prune: pruneOldest(database, PRUNE),
    });
  }

  /**
   * @param check what must be asked of others before writing; runs outside of any transaction, and not for a repetition.
   * @param write the write itself; with a key it commits together with the answer that is kept.
   * @throws CodedError IDEMPOTENCY_KEY_REUSED when the key came with another body before, and what `check` and `write` throw.
   */
  async once<Checked, T>(
    request: OnceRequest,
    check: () => Promise<Checked>,
    write: (database: Queryable, checked: Checked) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const { actorId, route, key, body } = request;
    if (key === undefined) return write(this.database, await check());
    const id = [actorId, route, key];
    const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    const [before] = await this.database.query<KeyRow>(FIND, id);
    if (before !== undefined) return replay(before, hash);
    const checked = await check();
    return this.database.transaction(async (tx) => {
      const taken = await tx.query(TAKE, [...id, hash]);
      if (taken.length === 0) {
        const [winner] = await tx.query<KeyRow>(FIND, id);
        if (winner !== undefined) return replay<T>(winner, hash);
      }
      const answer = await write(tx, checked);
      await tx.query(KEEP, [...id, answer.status, JSON.stringify(answer.body)]);
      return answer;
    });
  }
}

function replay<T>(row: KeyRow, hash: string): Answer<T> {
  if (row.request_hash !== hash) {
    throw new CodedError(
      CommonErrors.IDEMPOTENCY_KEY_REUSED,
      'This Idempotency-Key came with another body before.',
    );
  }
  return { status: row.status, body: row.answer as T };
}
