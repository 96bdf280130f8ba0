import { createParser } from 'eventsource-parser';

import type { Checked } from '#testkit/api.js';

export interface StreamEvent {
  readonly id: number;
  readonly event: 'group' | 'removed' | 'counts' | 'reset';
  readonly data: Checked;
  /** When it arrived (performance.now()). */
  readonly at: number;
}

/** An open stream, collecting what it hears. */
export class TestStream {
  readonly events: StreamEvent[] = [];
  readonly comments: string[] = [];
  status = 0;
  ended = false;
  private readonly abort = new AbortController();
  private readonly waiters = new Set<() => void>();
  private finished: Promise<void> = Promise.resolve();

  /** Opens a stream and waits for its headers. */
  static async open(url: string, headers: Record<string, string>): Promise<TestStream> {
    const stream = new TestStream();
    const response = await fetch(url, { headers, signal: stream.abort.signal });
    stream.status = response.status;
    if (response.status !== 200 || response.body === null) {
      stream.ended = true;
      await response.body?.cancel();
      return stream;
    }
    stream.finished = stream.read(response.body);
    return stream;
  }

  get lastId(): number | undefined {
    return this.events.at(-1)?.id;
  }

  /** The first event, past or to come, that fits. @throws when none came within `ms` */
  async waitFor(fits: (event: StreamEvent) => boolean, ms = 20_000): Promise<StreamEvent> {
    let found = this.events.find(fits);
    if (found !== undefined) return found;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(look);
        reject(
          new Error(`no such event within ${ms} ms; heard ${JSON.stringify(this.events).slice(0, 2_000)}`),
        );
      }, ms);
      const look = () => {
        found = this.events.find(fits);
        if (found === undefined && !this.ended) return;
        clearTimeout(timer);
        this.waiters.delete(look);
        if (found === undefined) reject(new Error('the stream ended'));
        else resolve();
      };
      this.waiters.add(look);
      look();
    });
    return found as unknown as StreamEvent;
  }

  /** Resolves when the server has ended the stream. */
  async waitForEnd(ms = 10_000): Promise<void> {
    const limit = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error('the stream goes on')), ms).unref(),
    );
    await Promise.race([this.finished, limit]);
  }

  async close(): Promise<void> {
    this.abort.abort();
    await this.finished;
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        this.events.push({
          id: Number(id),
          event: event as StreamEvent['event'],
          data: JSON.parse(data) as unknown,
          at: performance.now(),
        });
      },
      onComment: (comment) => this.comments.push(comment),
    });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        parser.feed(decoder.decode(chunk, { stream: true }));
        for (const wake of this.waiters) wake();
      }
    } catch {
      // Cut off, by us or by the server: what was heard stands.
    } finally {
      this.ended = true;
      for (const wake of this.waiters) wake();
    }
  }
}
