import { Injectable } from '@nestjs/common';

import { Database, type Statement, type Transaction } from '#database/database.js';

import type { Crowd, NotificationEvent, RetractionPart } from '../tell/audience.js';

/** One audience of an event that did not fit one chunk, from where its first chunk ended. */
export interface FanOutPart {
  readonly event: NotificationEvent;
  readonly part: Crowd | RetractionPart;
  readonly after: string;
}

export interface ClaimedPart {
  readonly eventId: string;
  readonly part: FanOutPart['part'];
  /** The event as it was stored; unknown until parsed. */
  readonly event: unknown;
  readonly after: string;
}

/** A worker that dies is relieved after this; below the 20 s within which its work must go on. */
const LEASE_SECONDS = 15;

const OPEN: Statement = {
  name: 'fan-out-open',
  text: `
    INSERT INTO fan_out (event_id, part, event, after_key)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::text[])
    ON CONFLICT (event_id, part) DO NOTHING`,
};

/** The part that waits longest: each claim is one chunk, so that no celebrity holds up the others. */
const CLAIM: Statement = {
  name: 'fan-out-claim',
  text: `
    UPDATE fan_out SET leased_until = now() + make_interval(secs => ${LEASE_SECONDS})
    WHERE (event_id, part) = (
      SELECT event_id, part FROM fan_out
      WHERE done_at IS NULL AND (leased_until IS NULL OR leased_until < now())
      ORDER BY updated_at, event_id, part LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING event_id AS "eventId", part, event, after_key AS after`,
};

const PUT_OFF: Statement = {
  name: 'fan-out-put-off',
  text: `
    UPDATE fan_out SET leased_until = now() + make_interval(secs => $4), updated_at = now()
    WHERE event_id = $1 AND part = $2 AND after_key = $3 AND done_at IS NULL`,
};

const ADVANCE: Statement = {
  name: 'fan-out-advance',
  text: `
    UPDATE fan_out
    SET after_key = $4, done_at = CASE WHEN $5::boolean THEN now() END, leased_until = NULL, updated_at = now()
    WHERE event_id = $1 AND part = $2 AND after_key = $3 AND done_at IS NULL
    RETURNING 1`,
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

  /** Takes one part for one chunk; undefined when nothing waits. */
  async claim(): Promise<ClaimedPart | undefined> {
    const [row] = await this.database.query<{ [K in keyof ClaimedPart]: ClaimedPart[K] }>(CLAIM);
    return row;
  }

  /** Gives a claim back; the part is due again after `seconds`. */
  async putOff(claimed: ClaimedPart, seconds: number): Promise<void> {
    await this.database.query(PUT_OFF, [claimed.eventId, claimed.part, claimed.after, seconds]);
  }

  /**
   * Moves a part on, in the transaction that told the chunk.
   * @throws Error when another worker has moved it meanwhile; then nothing of the chunk may commit.
   */
  async advance(tx: Transaction, claimed: ClaimedPart, after: string, done: boolean): Promise<void> {
    const moved = await tx.query(ADVANCE, [claimed.eventId, claimed.part, claimed.after, after, done]);
    if (moved.length === 0) throw new Error('another worker took over this fan-out');
  }
}
