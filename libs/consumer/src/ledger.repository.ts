import { type Database, type Statement, type Transaction } from '#database/database.js';

/** The error of an attempt that nobody lived to tell the end of: written before it, replaced by what became of it. */
export const PROCESS_ENDED = 'its process ended while it was handled';

const CLAIM: Statement = {
  name: 'ledger-claim',
  text: `
    INSERT INTO ledger (event_id, status)
    SELECT DISTINCT id, 'done' FROM unnest($1::uuid[]) AS id ORDER BY id
    ON CONFLICT (event_id) DO UPDATE SET status = 'done', error = NULL, updated_at = now()
      WHERE ledger.status = 'trying'
    RETURNING event_id AS id`,
};

const FIND_UNSETTLED: Statement = {
  name: 'ledger-find-unsettled',
  text: `
    SELECT id FROM unnest($1::uuid[]) AS id
    EXCEPT SELECT event_id FROM ledger WHERE event_id = ANY($1::uuid[]) AND status <> 'trying'`,
};

const START_ATTEMPT: Statement = {
  name: 'ledger-start-attempt',
  text: `
    WITH before AS (SELECT error FROM ledger WHERE event_id = $1)
    INSERT INTO ledger (event_id, status, attempts, error) VALUES ($1, 'trying', 1, '${PROCESS_ENDED}')
    ON CONFLICT (event_id) DO UPDATE
      SET attempts = ledger.attempts + 1, error = excluded.error, updated_at = now()
      WHERE ledger.status = 'trying'
    RETURNING attempts, (SELECT error FROM before) AS "lastError"`,
};

const LIMIT_ATTEMPTS: Statement = {
  name: 'ledger-limit-attempts',
  text: `UPDATE ledger SET attempts = least(attempts, $2) WHERE event_id = $1 AND status = 'trying'`,
};

const GIVE_BACK_ATTEMPT: Statement = {
  name: 'ledger-give-back-attempt',
  text: `
    UPDATE ledger SET attempts = greatest(0, attempts - 1), error = $2, updated_at = now()
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

/** One letter an event, whatever of it is given up; a redrive that was under way is overtaken by it. */
const BURY_DONE: Statement = {
  name: 'ledger-bury-done',
  text: `
    WITH marked AS (
      INSERT INTO ledger (event_id, status, attempts, error) VALUES ($1, 'dead', $5, $6)
      ON CONFLICT (event_id) DO UPDATE SET status = 'dead', attempts = $5, error = $6, updated_at = now()
      RETURNING event_id, created_at
    )
    INSERT INTO dead_letter AS d (id, event_id, queue, type, payload, error, attempts, first_at)
    SELECT $2, event_id, $3, $4, $7, $6, $5, created_at FROM marked
    ON CONFLICT (event_id) DO UPDATE
      SET error = left(excluded.error || '; ' || d.error, 4000), attempts = excluded.attempts, died_at = now()`,
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

export interface StartedAttempt {
  /** The number of this attempt, from 1. */
  readonly attempts: number;
  /** What became of the attempt before; null when there was none. */
  readonly lastError: string | null;
}

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
   * @returns undefined when the event is settled.
   */
  async startAttempt(eventId: string): Promise<StartedAttempt | undefined> {
    const [row] = await this.database.query<{ [K in keyof StartedAttempt]: StartedAttempt[K] }>(
      START_ATTEMPT,
      [eventId],
    );
    return row;
  }

  /** Counts no more than `spent` attempts of those before: one of them could not be given back when it should. */
  async limitAttempts(eventId: string, spent: number): Promise<void> {
    await this.database.query(LIMIT_ATTEMPTS, [eventId, spent]);
  }

  /** An attempt that an outage cut short does not count. @param lastError what was known before it */
  async giveBackAttempt(eventId: string, lastError: string | null): Promise<void> {
    await this.database.query(GIVE_BACK_ATTEMPT, [eventId, lastError]);
  }

  async noteError(eventId: string, error: string): Promise<void> {
    await this.database.query(NOTE_ERROR, [eventId, error]);
  }

  /** Settles an event as a dead letter. Answers false when it was settled before. */
  async bury(eventId: string, letter: DeadLetter): Promise<boolean> {
    const rows = await this.database.query(BURY, valuesOf(eventId, letter));
    return rows.length > 0;
  }

  /** Turns an event that was settled into a dead letter, or adds to the one it is. */
  async buryDone(tx: Transaction, eventId: string, letter: DeadLetter): Promise<void> {
    await tx.query(BURY_DONE, valuesOf(eventId, letter));
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

function valuesOf(eventId: string, { id, queue, type, attempts, error, payload }: DeadLetter): unknown[] {
  return [eventId, id, queue, type, attempts, error, payload];
}
