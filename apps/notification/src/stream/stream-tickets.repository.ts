import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';

import { Database, type Statement } from '#database/database.js';

export const TICKET_SECONDS = 30;

const ISSUE: Statement = {
  name: 'stream-ticket-issue',
  text: `
    INSERT INTO stream_ticket (hash, recipient_id, token_expires_at, expires_at)
    VALUES ($1, $2, $3, now() + make_interval(secs => ${TICKET_SECONDS}))`,
};

const USE: Statement = {
  name: 'stream-ticket-use',
  text: `
    DELETE FROM stream_ticket WHERE hash = $1
    RETURNING recipient_id AS "recipientId", token_expires_at AS "tokenExpiresAt", expires_at > now() AS good`,
};

/** One-use permits to open a stream where no header can be sent; only their hashes are kept. */
@Injectable()
export class StreamTicketsRepository {
  constructor(private readonly database: Database) {}

  async issue(recipientId: string, tokenExpiresAt: Date): Promise<string> {
    const ticket = randomBytes(24).toString('base64url');
    await this.database.query(ISSUE, [hashOf(ticket), recipientId, tokenExpiresAt]);
    return ticket;
  }

  /** Uses a ticket up; undefined when there is none, it has been used or it has expired. */
  async use(ticket: string): Promise<{ recipientId: string; tokenExpiresAt: Date } | undefined> {
    const [row] = await this.database.query<{ recipientId: string; tokenExpiresAt: Date; good: boolean }>(
      USE,
      [hashOf(ticket)],
    );
    return row?.good === true ? row : undefined;
  }
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}
