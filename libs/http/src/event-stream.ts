import type { ServerResponse } from 'node:http';

/** No more is written to a reader that leaves this much unread. */
const MAX_UNSENT_BYTES = 256 * 1024;
/** One that reads nothing of it for so long is cut off; it may come again. */
const MAX_FULL_MS = 5_000;
/** How long a client waits before it opens the stream again. */
const RETRY_MS = 1_000;

/** A response that Server-Sent Events are written to, with a bound on what a slow reader costs. */
export class EventStream {
  private ended = false;
  private fullSince: number | undefined;

  constructor(
    /** When the caller's token ends, in epoch milliseconds. */
    readonly expiresAt: number,
    protected readonly response: ServerResponse,
  ) {}

  get open(): boolean {
    return !this.ended && !this.response.destroyed;
  }

  /** Whether the reader has as much before it as is kept for it. */
  get full(): boolean {
    return this.response.writableLength > MAX_UNSENT_BYTES;
  }

  /** To be called every second or so. @param now a clock in ms that never jumps */
  cutOffIfStuck(now: number): void {
    if (!this.full) this.fullSince = undefined;
    else if (now - (this.fullSince ??= now) >= MAX_FULL_MS) {
      this.ended = true;
      this.response.destroy();
    }
  }

  /** @param headers those that hooks have set on the reply before it was taken from the framework */
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

  /** Sends one event. @param id what a client resumes after, where a stream can be resumed */
  sendEvent(event: string, data: unknown, id?: number): void {
    const head = id === undefined ? '' : `id: ${id}\n`;
    this.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
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
