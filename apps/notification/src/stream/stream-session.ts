import type { ServerResponse } from 'node:http';

import type { Counts } from '../notifications/notifications.schemas.js';
import type { TitleLocale } from '../notifications/titles.messages.js';

/** No more is written to a reader that leaves this much unread. */
const MAX_UNSENT_BYTES = 256 * 1024;
/** One that reads nothing of it for so long is cut off; it resumes where it was. */
const MAX_FULL_MS = 5_000;

/** How long a client waits before it opens the stream again. */
const RETRY_MS = 1_000;

/** One open stream: a response that Server-Sent Events are written to, and how far it has come. */
export class StreamSession {
  /** Everything up to this sequence has been sent, or was known to the client. */
  position: number;
  private ended = false;
  private waiting = false;
  private fullSince: number | undefined;
  private counts: Counts | undefined;

  constructor(
    readonly recipientId: string,
    readonly locale: TitleLocale,
    /** When the caller's token ends, in epoch milliseconds. */
    readonly expiresAt: number,
    position: number,
    private readonly response: ServerResponse,
  ) {
    this.position = position;
  }

  get open(): boolean {
    return !this.ended && !this.response.destroyed;
  }

  /** Whether the reader has as much before it as is kept for it: what is left waits in PostgreSQL. */
  get full(): boolean {
    return this.response.writableLength > MAX_UNSENT_BYTES;
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

  /** To be called every second or so. */
  cutOffIfStuck(now: number): void {
    if (!this.full) this.fullSince = undefined;
    else if (now - (this.fullSince ??= now) >= MAX_FULL_MS) {
      this.ended = true;
      this.response.destroy();
    }
  }

  start(headers: Readonly<Record<string, string | number | string[] | undefined>>): void {
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined) this.response.setHeader(name, value);
    this.response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    this.write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Sends one event; `seq` becomes the id that the client resumes after. */
  send(event: 'group' | 'removed' | 'reset' | 'counts', seq: number, data: unknown): void {
    this.write(`id: ${seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
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

  /** Keeps proxies from closing a quiet stream. */
  keepAlive(): void {
    this.write(': keep-alive\n\n');
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.response.end();
  }

  private write(text: string): void {
    if (this.open) this.response.write(text);
  }
}
