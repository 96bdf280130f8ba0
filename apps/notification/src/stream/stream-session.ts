import type { ServerResponse } from 'node:http';

import { EventStream } from '#http/event-stream.js';

import type { Counts } from '../notifications/notifications.schemas.js';
import type { TitleLocale } from '../notifications/titles.messages.js';

/** One open stream of an inbox, and how far it has come. What a slow reader has not got yet waits in PostgreSQL. */
export class StreamSession extends EventStream {
  /** Everything up to this sequence has been sent, or was known to the client. */
  position: number;
  private waiting = false;
  private counts: Counts | undefined;

  constructor(
    readonly recipientId: string,
    readonly locale: TitleLocale,
    expiresAt: number,
    position: number,
    response: ServerResponse,
  ) {
    super(expiresAt, response);
    this.position = position;
  }

  /** Calls `wake` when the reader has read all that was written; once, however often it is asked for. */
  onceRead(wake: () => void): void {
    if (this.waiting) return;
    this.waiting = true;
    this.response.once('drain', () => {
      this.waiting = false;
      wake();
    });
  }

  /** Sends one event; `seq` becomes the id that the client resumes after. */
  send(event: 'group' | 'removed' | 'reset' | 'counts', seq: number, data: unknown): void {
    this.sendEvent(event, data, seq);
  }

  /** Says that the client has to reload: what it would need to be brought up to `seq` is no longer kept. */
  reset(seq: number): void {
    this.send('reset', seq, { seq });
    this.position = seq;
  }

  sendCounts(counts: Counts): void {
    this.counts = counts;
    this.send('counts', counts.seq, counts);
  }

  /** Whether the client has these numbers already. */
  knows({ unread, unseen }: Counts): boolean {
    return this.counts?.unread === unread && this.counts.unseen === unseen;
  }
}
