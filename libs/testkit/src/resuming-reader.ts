import type { Beckon } from '#testkit/beckon.js';
import { wholeInbox } from '#testkit/inbox-reading.js';
import type { Badge, InboxGroup } from '#testkit/person.js';
import { type StreamEvent, TestStream } from '#testkit/stream.js';
import { Wait } from '#testkit/wait.js';

const RECONNECT_MS = 30;

/** A client that opens its stream again whenever it breaks, after the last event that it has. */
export class ResumingReader {
  /** Everything heard, over all connections, in order. */
  readonly events: StreamEvent[] = [];
  connections = 0;
  private stream: TestStream | undefined;
  private closing = false;
  private running: Promise<void> = Promise.resolve();

  private after: number;

  private constructor(
    private readonly beckon: Beckon,
    readonly userId: string,
    /** The list as it was when the stream began. */
    private readonly list: Awaited<ReturnType<typeof wholeInbox>>,
  ) {
    this.after = list.counts.seq;
  }

  /** Reads the list, and then the stream from where the list ends. */
  static async open(beckon: Beckon, userId: string): Promise<ResumingReader> {
    const reader = new ResumingReader(beckon, userId, await wholeInbox(beckon, userId));
    reader.running = reader.run();
    await reader.until(() => reader.connections > 0, 'the stream opens');
    return reader;
  }

  /** Breaks the connection in the middle of whatever it is doing. */
  async cut(): Promise<void> {
    await this.stream?.close();
  }

  /** Waits until it is connected anew. */
  async reconnected(since: number, ms = 30_000): Promise<void> {
    await this.until(() => this.connections > since, 'the stream opens again', ms);
  }

  /** Waits until it has heard of everything up to `seq`. */
  async caughtUp(seq: number, ms = 20_000): Promise<void> {
    await this.until(() => (this.lastId ?? this.after) >= seq, `the stream reaches ${seq}`, ms);
  }

  /** The sequence that the list ended with. */
  get startedAt(): number {
    return this.list.counts.seq;
  }

  get lastId(): number | undefined {
    return this.heard().at(-1)?.id;
  }

  /** All events, those of the present connection included. */
  heard(): StreamEvent[] {
    return [...this.events, ...(this.stream?.events ?? [])];
  }

  /** What a client that keeps groups by id shows now: the list, and what came since. */
  groups(): Map<string, InboxGroup> {
    const groups = new Map(this.list.groups.map((group) => [group.id, group]));
    // Later pages of the list may be newer than the stream's beginning.
    const isNews = (id: string, seq: number) => seq > (groups.get(id)?.seq ?? 0);
    for (const { event, id, data } of this.heard()) {
      if (event === 'group' && isNews(data.group.id, id)) groups.set(data.group.id, data.group);
      if (event === 'removed' && isNews(data.id, id)) groups.delete(data.id);
    }
    return groups;
  }

  /** The badge as it was told last. */
  counts(): Badge {
    return this.heard().findLast(({ event }) => event === 'counts')?.data ?? this.list.counts;
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.stream?.close();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.closing) {
      const stream = await this.beckon.stream(this.userId, this.after).catch(() => undefined);
      if (stream?.status === 200) {
        this.stream = stream;
        this.connections++;
        await stream.waitForEnd(2 ** 31 - 1);
        this.stream = undefined;
        this.events.push(...stream.events);
        this.after = stream.lastId ?? this.after;
      }
      if (!this.closing) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  }

  private async until(reached: () => boolean, what: string, ms = 10_000): Promise<void> {
    const wait = new Wait(ms);
    while (!reached()) {
      if (wait.isOver)
        throw new Error(`not within ${ms} ms: ${what}; last ${this.lastId}, connections ${this.connections}`);
      await wait.rest();
    }
  }
}
