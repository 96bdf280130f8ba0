import { type Database, type Statement, type Transaction } from '#database/database.js';

const CLAIM: Statement = {
  name: 'ledger-claim',
  text: `
    INSERT INTO ledger (event_id, status)
    SELECT id, 'done' FROM unnest($1::uuid[]) AS id ORDER BY id
    ON CONFLICT (event_id) DO UPDATE SET status = 'done', updated_at = now() WHERE ledger.status = 'trying'
    RETURNING event_id AS id`,
};

const FIND_UNSETTLED: Statement = {
  name: 'ledger-find-unsettled',
  text: `
    SELECT id FROM unnest($1::uuid[]) AS id
    WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE event_id = id AND status <> 'trying')`,
};

const START_ATTEMPT: Statement = {
  name: 'ledger-start-attempt',
  text: `
    INSERT INTO ledger (event_id, status, attempts) VALUES ($1, 'trying', 1)
    ON CONFLICT (event_id) DO UPDATE SET attempts = ledger.attempts + 1, updated_at = now()
      WHERE ledger.status = 'trying'
    RETURNING attempts, error`,
};

const GIVE_BACK_ATTEMPT: Statement = {
  name: 'ledger-give-back-attempt',
  text: `
    UPDATE ledger SET attempts = greatest(0, attempts - 1), updated_at = now()
    WHERE event_id = $1 AND status = 'trying'`,
};

const NOTE_ERROR: Statement = {
  name: 'ledger-note-error',
  text: `UPDATE ledger SET error = $2, updated_at = now() WHERE event_id = $1 AND status = 'trying'`,
};

const BURY: Statement = {
  name: 'ledger-bury',
  text: `
    WITH marked AS (
      INSERT INTO ledger (event_id, status, attempts, error) VALUES ($1, 'dead', $5, $6)
      ON CONFLICT (event_id) DO UPDATE SET status = 'dead', error = $6, updated_at = now()
        WHERE ledger.status = 'trying'
      RETURNING event_id, created_at
    )
    INSERT INTO dead_letter (id, event_id, queue, type, payload, error, attempts, first_at)
    SELECT $2, event_id, $3, $4, $7, $6, $5, created_at FROM marked
    RETURNING id`,
};

const BURY_UNREADABLE: Statement = {
  name: 'dead-letter-unreadable',
  text: `
    INSERT INTO dead_letter (id, queue, payload, error, attempts) VALUES ($1, $2, $3, $4, 1)
    ON CONFLICT (id) DO NOTHING RETURNING id`,
};

const STORY: Statement = {
  name: 'ledger-story',
  text: `SELECT status, attempts, error, updated_at AS "updatedAt" FROM ledger WHERE event_id = $1`,
};

/** An event as a consumer knows it. */
export type LedgerStory = {
  readonly status: 'done' | 'dead' | 'pending' | 'trying';
  readonly attempts: number;
  readonly error: string | null;
  readonly updatedAt: Date;
};

export interface DeadLetter {
  readonly id: string;
  readonly queue: string;
  readonly type: string;
  /** JSON text, as it arrived. */
  readonly payload: string;
  readonly error: string;
  readonly attempts: number;
}

/** What a consumer knows of each event: done, dead, or being tried (and how often). */
export class LedgerRepository {
  constructor(private readonly database: Database) {}

  /** Records events as done within the transaction of their effect. Answers those that were not settled before. */
  async claim(tx: Transaction, eventIds: readonly string[]): Promise<Set<string>> {
    return new Set((await tx.query<{ id: string }>(CLAIM, [eventIds])).map(({ id }) => id));
  }

  /** Undefined when the event has not arrived. */
  async story(eventId: string): Promise<LedgerStory | undefined> {
    return (await this.database.query<LedgerStory>(STORY, [eventId]))[0];
  }

  async findUnsettled(eventIds: readonly string[]): Promise<string[]> {
    return (await this.database.query<{ id: string }>(FIND_UNSETTLED, [eventIds])).map(({ id }) => id);
  }

  /**
   * Counts an attempt before it is made, so that it counts even if the process does not survive it.
   * @returns the number of this attempt and the error of the one before; undefined when the event is settled.
   */
  async startAttempt(eventId: string): Promise<{ attempts: number; error: string | null } | undefined> {
    const [row] = await this.database.query<{ attempts: number; error: string | null }>(START_ATTEMPT, [
      eventId,
    ]);
    return row;
  }

  /** An attempt that an outage cut short does not count. */
  async giveBackAttempt(eventId: string): Promise<void> {
    await this.database.query(GIVE_BACK_ATTEMPT, [eventId]);
  }

  async noteError(eventId: string, error: string): Promise<void> {
    await this.database.query(NOTE_ERROR, [eventId, error]);
  }

  /** Settles an event as a dead letter. Answers false when it was settled before. */
  async bury(eventId: string, letter: DeadLetter): Promise<boolean> {
    const rows = await this.database.query(BURY, [
      eventId,
      letter.id,
      letter.queue,
      letter.type,
      letter.attempts,
      letter.error,
      letter.payload,
    ]);
    return rows.length > 0;
  }

  /** Keeps what could not even be read as an event. Answers false when it has been kept before, by `id`. */
  async buryUnreadable(letter: Pick<DeadLetter, 'id' | 'queue' | 'payload' | 'error'>): Promise<boolean> {
    const rows = await this.database.query(BURY_UNREADABLE, [
      letter.id,
      letter.queue,
      letter.payload,
      letter.error,
    ]);
    return rows.length > 0;
  }
}
