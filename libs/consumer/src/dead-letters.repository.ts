import type { EventHandler } from '#consumer/event-handler.js';
import type { Database, Statement, Transaction } from '#database/database.js';

/**
 * A claim of a redrive holds for this long; a worker that died is relieved after it. Longer than the wait for the
 * quarantine (10 s) and a statement that is cut off (16 s) together, so that nobody is relieved who is alive.
 */
const LEASE_SECONDS = 45;

const COLUMNS = `
  d.id, d.queue, d.event_id AS "eventId", d.type, d.error, d.attempts, d.first_at AS "firstAt", d.died_at AS "diedAt",
  coalesce(l.status = 'pending', false) AS pending`;

const LIST: Statement = {
  name: 'dead-letters-list',
  text: `
    SELECT ${COLUMNS}, '' AS payload FROM dead_letter d LEFT JOIN ledger l ON l.event_id = d.event_id
    WHERE ($1::text IS NULL OR d.type = $1) AND ($2::timestamptz IS NULL OR (d.died_at, d.id) < ($2, $3::uuid))
    ORDER BY d.died_at DESC, d.id DESC LIMIT $4`,
};

const FIND: Statement = {
  name: 'dead-letters-find',
  text: `
    SELECT ${COLUMNS}, d.payload FROM dead_letter d LEFT JOIN ledger l ON l.event_id = d.event_id WHERE d.id = $1`,
};

const COUNT: Statement = { name: 'dead-letters-count', text: `SELECT count(*) AS letters FROM dead_letter` };

/** Oldest first. What arrived as no event at all can't be applied again and stays. */
const MARK: Statement = {
  name: 'dead-letters-mark',
  text: `
    WITH letters AS (
      SELECT d.event_id FROM dead_letter d JOIN ledger l ON l.event_id = d.event_id
      WHERE l.status = 'dead' AND ($1::uuid IS NULL OR d.id = $1) AND ($2::text IS NULL OR d.type = $2)
        AND ($3::timestamptz IS NULL OR d.died_at < $3)
      ORDER BY d.died_at, d.id LIMIT $4 FOR UPDATE OF l SKIP LOCKED
    )
    UPDATE ledger SET status = 'pending', attempts = 0, updated_at = now()
    FROM letters WHERE ledger.event_id = letters.event_id
    RETURNING ledger.event_id`,
};

/**
 * Those that were marked together by age of their events, and one that was put off after all that wait: the service
 * that it needs may be away for long. Read in order of their index, so that many that wait cost one claim nothing. Counts
 * the attempt before it is made, so that it counts even if the process does not survive it.
 */
const CLAIM: Statement = {
  name: 'dead-letters-claim',
  text: `
    WITH next AS (
      SELECT l.event_id, d.payload FROM ledger l
      CROSS JOIN LATERAL (SELECT payload FROM dead_letter WHERE event_id = l.event_id LIMIT 1) d
      WHERE l.status = 'pending'
        AND (l.attempts = 0 OR l.updated_at < now() - make_interval(secs => ${LEASE_SECONDS}))
      ORDER BY l.updated_at, l.event_id LIMIT 1 FOR UPDATE OF l SKIP LOCKED
    )
    UPDATE ledger SET attempts = attempts + 1, updated_at = now()
    FROM next WHERE ledger.event_id = next.event_id
    RETURNING ledger.event_id AS "eventId", ledger.attempts, next.payload`,
};

const TAKE: Statement = {
  name: 'dead-letters-take',
  text: `
    WITH done AS (
      UPDATE ledger SET status = 'done', error = NULL, updated_at = now()
      WHERE event_id = $1 AND status = 'pending' RETURNING event_id
    )
    DELETE FROM dead_letter USING done WHERE dead_letter.event_id = done.event_id RETURNING dead_letter.id`,
};

const BURY_AGAIN: Statement = {
  name: 'dead-letters-bury-again',
  text: `
    WITH again AS (
      UPDATE ledger SET status = 'dead', error = $2, updated_at = now()
      WHERE event_id = $1 AND status = 'pending' RETURNING event_id
    )
    UPDATE dead_letter SET error = $2, attempts = dead_letter.attempts + 1, died_at = now()
    FROM again WHERE dead_letter.event_id = again.event_id`,
};

const PUT_OFF: Statement = {
  name: 'dead-letters-put-off',
  text: `UPDATE ledger SET attempts = 0, updated_at = now() WHERE event_id = $1 AND status = 'pending'`,
};

/** The ledger keeps why, so that the event's story still tells it. */
const DISCARD: Statement = {
  name: 'dead-letters-discard',
  text: `
    WITH gone AS (DELETE FROM dead_letter WHERE id = $1 RETURNING id, event_id), noted AS (
      UPDATE ledger SET status = 'dead', error = 'discarded: ' || $2, updated_at = now()
      FROM gone WHERE ledger.event_id = gone.event_id
    )
    SELECT event_id AS "eventId" FROM gone`,
};

export type StoredDeadLetter = {
  readonly id: string;
  readonly queue: string;
  readonly eventId: string | null;
  readonly type: string | null;
  readonly error: string;
  readonly attempts: number;
  readonly firstAt: Date;
  readonly diedAt: Date;
  readonly pending: boolean;
  /** JSON text; '' in lists. */
  readonly payload: string;
};

/** A consumer's dead letters, and their way back. */
export class DeadLettersRepository {
  constructor(private readonly database: Database) {}

  /** Newest first, before a position. */
  list(
    type: string | null,
    before: { diedAt: string; id: string } | null,
    limit: number,
  ): Promise<StoredDeadLetter[]> {
    return this.database.query<StoredDeadLetter>(LIST, [
      type,
      before?.diedAt ?? null,
      before?.id ?? null,
      limit,
    ]);
  }

  async find(id: string): Promise<StoredDeadLetter | undefined> {
    return (await this.database.query<StoredDeadLetter>(FIND, [id]))[0];
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ letters: number }>(COUNT);
    return row?.letters ?? 0;
  }

  /** Marks letters to be applied again, oldest first. Answers how many were not marked before. */
  async mark(filter: { id?: string; type?: string; diedBefore?: string; limit: number }): Promise<number> {
    const rows = await this.database.query(MARK, [
      filter.id ?? null,
      filter.type ?? null,
      filter.diedBefore ?? null,
      filter.limit,
    ]);
    return rows.length;
  }

  /** Claims the marked letter that waits longest, and counts the attempt; undefined when none is marked. */
  async claim(): Promise<{ eventId: string; attempts: number; payload: string } | undefined> {
    const [row] = await this.database.query<{ eventId: string; attempts: number; payload: string }>(CLAIM);
    return row;
  }

  /** Removes a letter and records its event as done, in the transaction of its effect. False: it was taken before. */
  async take(tx: Transaction, eventId: string): Promise<boolean> {
    return (await tx.query(TAKE, [eventId])).length > 0;
  }

  async buryAgain(eventId: string, error: string): Promise<void> {
    await this.database.query(BURY_AGAIN, [eventId, error]);
  }

  /** An attempt that an outage cut short does not count; all other marked letters come first. */
  async putOff(eventId: string): Promise<void> {
    await this.database.query(PUT_OFF, [eventId]);
  }

  /**
   * Gives a letter up for good. Answers whether there was one.
   * @param also what follows from its event, given up in the same transaction
   */
  discard(id: string, reason: string, also: EventHandler<never, never>['discard']): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const [gone] = await tx.query<{ eventId: string | null }>(DISCARD, [id, reason]);
      if (gone?.eventId) await also?.(tx, gone.eventId);
      return gone !== undefined;
    });
  }
}
