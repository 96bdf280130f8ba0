import type { ServerResponse } from 'node:http';

import type { Counts } from '../notifications/notifications.schemas.js';
import type { TitleLocale } from '../notifications/titles.messages.js';

/** A reader that leaves more than this unread is cut off; it resumes where it was. */
const MAX_UNSENT_BYTES = 256 * 1024;

/** How long a client waits before it opens the stream again. */
const RETRY_MS = 1_000;

/** One open stream: a response that Server-Sent Events are written to, and how far it has come. */
export class StreamSession {
  /** Everything up to this sequence has been sent, or was known to the client. */
  position: number;
  private ended = false;
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
    if (!this.open) return;
    this.response.write(text);
    if (this.response.writableLength > MAX_UNSENT_BYTES) {
      this.ended = true;
      this.response.destroy();
    }
  }
}
