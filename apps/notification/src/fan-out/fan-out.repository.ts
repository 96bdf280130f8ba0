import { Injectable } from '@nestjs/common';

import { PROCESS_ENDED } from '#consumer/ledger.repository.js';
import { Database, type Statement, type Transaction } from '#database/database.js';

import type { Crowd, NotificationEvent, RetractionPart, ThreadWish } from '../tell/audience.js';

/** One audience of an event that did not fit one chunk, from where its first chunk ended. */
export interface FanOutPart {
  readonly event: NotificationEvent;
  readonly part: Crowd | RetractionPart | ThreadWish['kind'];
  readonly after: string;
}

export interface ClaimedPart {
  readonly eventId: string;
  readonly part: FanOutPart['part'];
  /** The event as it was stored; unknown until parsed. */
  readonly event: unknown;
  readonly after: string;
  /** How many attempts at this chunk were begun; whoever begins another has it from then on. */
  readonly attempts: number;
  /** What became of the last attempt at this chunk; null when there was none. */
  readonly lastError: string | null;
  /** Whether further parts were waiting when it was claimed. */
  readonly othersWait: boolean;
}

/** Another worker has moved a part since it was claimed; what is left to do is that one's. */
export class TakenOver extends Error {}

/**
 * A worker that dies is relieved after this; below the 20 s within which its work must go on. Who lives renews it
 * (`renew`), so that a chunk may take longer.
 */
export const LEASE_SECONDS = 15;
/** However long the backlog, a post tells its next followers after this. */
const LONGEST_WAIT_SECONDS = 60;

const OPEN: Statement = {
  name: 'fan-out-open',
  text: `
    INSERT INTO fan_out (event_id, part, event, after_key)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::text[])
    ON CONFLICT (event_id, part) DO NOTHING`,
};

const REOPEN: Statement = {
  name: 'fan-out-reopen',
  text: `
    UPDATE fan_out SET died_at = NULL, attempts = 0, error = NULL, leased_until = NULL, updated_at = now()
    WHERE event_id = $1 AND died_at IS NOT NULL AND done_at IS NULL
    RETURNING part`,
};

/** Done, as far as it ever will be: what is given up later of the same event is redriven without it. */
const DISCARD: Statement = {
  name: 'fan-out-discard',
  text: `
    UPDATE fan_out SET done_at = now(), updated_at = now()
    WHERE event_id = $1 AND died_at IS NOT NULL AND done_at IS NULL`,
};

/** The part that waits longest: each claim is one chunk, so that no celebrity holds up the others. */
const MAY_GO = `done_at IS NULL AND died_at IS NULL AND (leased_until IS NULL OR leased_until < now())
        AND ($1::boolean OR part <> 'followers'
          OR updated_at < now() - make_interval(secs => ${LONGEST_WAIT_SECONDS}))`;

const CLAIM: Statement = {
  name: 'fan-out-claim',
  text: `
    WITH next AS (
      SELECT event_id, part FROM fan_out
      WHERE ${MAY_GO}
      ORDER BY updated_at, event_id, part LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE fan_out SET leased_until = now() + make_interval(secs => ${LEASE_SECONDS})
    FROM next WHERE fan_out.event_id = next.event_id AND fan_out.part = next.part
    RETURNING fan_out.event_id AS "eventId", fan_out.part, event, after_key AS after, attempts, error AS "lastError",
      EXISTS (
        SELECT 1 FROM fan_out waiting
        WHERE ${MAY_GO}
          AND (waiting.event_id, waiting.part) <> (fan_out.event_id, fan_out.part)) AS "othersWait"`,
};

/** A part is at the chunk that was claimed, and nobody has ended it. */
const STILL = `event_id = $1 AND part = $2 AND after_key = $3 AND done_at IS NULL AND died_at IS NULL`;

const START_ATTEMPT: Statement = {
  name: 'fan-out-start-attempt',
  text: `
    UPDATE fan_out
    SET attempts = attempts + 1, error = '${PROCESS_ENDED}',
      leased_until = now() + make_interval(secs => ${LEASE_SECONDS})
    WHERE ${STILL} AND attempts = $4 RETURNING attempts`,
};

const RENEW: Statement = {
  name: 'fan-out-renew',
  text: `
    UPDATE fan_out SET leased_until = now() + make_interval(secs => ${LEASE_SECONDS})
    WHERE ${STILL} AND attempts = $4`,
};

/** If another worker has begun an attempt meanwhile, the rest is that one's. */
const GIVE_BACK: Statement = {
  name: 'fan-out-give-back',
  text: `
    UPDATE fan_out
    SET attempts = greatest(0, attempts - 1), error = CASE WHEN attempts = $4 THEN $6 ELSE error END, updated_at = now(),
      leased_until = CASE WHEN attempts = $4 THEN now() + make_interval(secs => $5) ELSE leased_until END
    WHERE ${STILL}`,
};

const PUT_OFF: Statement = {
  name: 'fan-out-put-off',
  text: `
    UPDATE fan_out SET error = $6, leased_until = now() + make_interval(secs => $5), updated_at = now()
    WHERE ${STILL} AND attempts = $4`,
};

const END: Statement = {
  name: 'fan-out-end',
  text: `
    UPDATE fan_out SET died_at = now(), error = $4, leased_until = NULL, updated_at = now()
    WHERE ${STILL} RETURNING part`,
};

const ADVANCE: Statement = {
  name: 'fan-out-advance',
  text: `
    UPDATE fan_out
    SET after_key = $4, done_at = CASE WHEN $5::boolean THEN now() END, attempts = 0, error = NULL,
      leased_until = NULL, updated_at = now()
    WHERE ${STILL} RETURNING part`,
};

/** How far large audiences have been told. */
@Injectable()
export class FanOutRepository {
  constructor(private readonly database: Database) {}

  /** Opens fan-outs in the transaction that records their events as done. */
  async open(tx: Transaction, parts: readonly FanOutPart[]): Promise<void> {
    await tx.query(OPEN, [
      parts.map(({ event }) => event.id),
      parts.map(({ part }) => part),
      parts.map(({ event }) => JSON.stringify(event)),
      parts.map(({ after }) => after),
    ]);
  }

  /** Lets the parts of an event that were given up go on from where they stopped. Answers how many. */
  async reopen(tx: Transaction, eventId: string): Promise<number> {
    return (await tx.query(REOPEN, [eventId])).length;
  }

  /** Gives up for good what was given up of an event. */
  async discard(tx: Transaction, eventId: string): Promise<void> {
    await tx.query(DISCARD, [eventId]);
  }

  /** Takes one part for one chunk; undefined when nothing waits. @param posts whether posts may go to followers now */
  async claim(posts: boolean): Promise<ClaimedPart | undefined> {
    const [row] = await this.database.query<{ [K in keyof ClaimedPart]: ClaimedPart[K] }>(CLAIM, [posts]);
    return row;
  }

  /**
   * Counts an attempt at a chunk before it is made, so that it counts even if the process does not survive it.
   * @returns the part with the attempt in it; undefined when another worker has taken over.
   */
  async startAttempt(claimed: ClaimedPart): Promise<ClaimedPart | undefined> {
    const [row] = await this.database.query<{ attempts: number }>(START_ATTEMPT, keyOf(claimed));
    return row && { ...claimed, attempts: row.attempts };
  }

  /** Keeps a part for longer; nothing happens when it is another worker's by now. */
  async renew(claimed: ClaimedPart): Promise<void> {
    await this.database.query(RENEW, keyOf(claimed));
  }

  /** An attempt that an outage cut short does not count; the part is due again after `seconds`. */
  async giveBack(claimed: ClaimedPart, seconds: number): Promise<void> {
    await this.database.query(GIVE_BACK, [...keyOf(claimed), seconds, claimed.lastError]);
  }

  /** Notes why an attempt failed; the part is due again after `seconds`. */
  async putOff(claimed: ClaimedPart, seconds: number, error: string): Promise<void> {
    await this.database.query(PUT_OFF, [...keyOf(claimed), seconds, error]);
  }

  /** Gives a part up until it is reopened. @throws TakenOver */
  async end(tx: Transaction, { eventId, part, after }: ClaimedPart, error: string): Promise<void> {
    const ended = await tx.query(END, [eventId, part, after, error]);
    if (ended.length === 0) throw new TakenOver();
  }

  /**
   * Moves a part on, in the transaction that told the chunk.
   * @throws TakenOver when another worker has moved it meanwhile; then nothing of the chunk may commit.
   */
  async advance(tx: Transaction, claimed: ClaimedPart, after: string, done: boolean): Promise<void> {
    const moved = await tx.query(ADVANCE, [claimed.eventId, claimed.part, claimed.after, after, done]);
    if (moved.length === 0) throw new TakenOver();
  }
}

function keyOf({ eventId, part, after, attempts }: ClaimedPart): unknown[] {
  return [eventId, part, after, attempts];
}
