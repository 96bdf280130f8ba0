import type { Counts, GroupChange, Removal } from './contract.js';
import { Problem } from './problem.js';

const OPEN_WITHIN_MS = 10_000;
const STABLE_AFTER_MS = 5_000;
const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 20_000;

/**
 * One inbox, live. Nothing missing: every connection resumes after the last sequence that was handed
 * on. Nothing twice: what is not after it is dropped. A ticket opens one connection only, so the
 * browser's own reconnection (same address) is never let happen.
 */
export class LiveStream {
  readonly #listener: StreamListener;
  readonly #world: StreamWorld;
  /** Everything up to here was handed on. */
  #position: number;
  /** The position this connection resumed after. */
  #resumedAfter: number;
  /** What was handed on at exactly `#position`. */
  readonly #handedOn = new Set<string>();
  #source: EventStream | null = null;
  /** Grows with each connection; what belongs to an earlier one is ignored. */
  #life = 0;
  #attempt = 0;
  #cancelTimer: () => void = () => undefined;
  #state: StreamState['kind'] = 'connecting';

  /** @param startAfter the `counts.seq` of the list page that the listener already shows. */
  constructor(startAfter: number, listener: StreamListener, world: StreamWorld) {
    this.#position = this.#resumedAfter = startAfter;
    this.#listener = listener;
    this.#world = world;
  }

  get position(): number {
    return this.#position;
  }

  get live(): boolean {
    return this.#state === 'live';
  }

  open(): void {
    this.#drop();
    this.#report({ kind: 'connecting' });
    void this.#connect(this.#life);
  }

  /** Connects anew at once, whatever the present connection is worth. */
  reopen(): void {
    this.#attempt = 0;
    this.open();
  }

  /** The present connection only looks alive: it is given up, and another is tried until one opens. */
  lost(): void {
    this.#attempt = 0;
    this.#retryLater(null);
  }

  close(): void {
    this.#drop();
  }

  async #connect(life: number): Promise<void> {
    const isCurrent = () => life === this.#life;
    this.#setTimer(OPEN_WITHIN_MS, () => this.#retryLater(null));
    let ticket: string;
    try {
      ticket = await this.#world.ticket();
    } catch (error) {
      if (isCurrent()) this.#retryLater(error instanceof Problem ? error : null);
      return;
    }
    if (!isCurrent()) return;

    this.#resumedAfter = this.#position;
    const query = new URLSearchParams({ ticket, lastEventId: String(this.#position) });
    const source = this.#world.connect(`/v1/notifications/stream?${query.toString()}`);
    this.#source = source;

    source.onopen = () => {
      if (!isCurrent()) return;
      this.#report({ kind: 'live' });
      this.#setTimer(STABLE_AFTER_MS, () => (this.#attempt = 0));
    };
    source.onerror = () => {
      if (isCurrent()) this.#retryLater(null);
    };
    for (const name of ['group', 'removed', 'counts', 'reset'] as const) {
      source.addEventListener(name, (event) => {
        const at = this.#world.now();
        if (isCurrent()) this.#take(name, event, at);
      });
    }
  }

  #take(name: EventName, event: { data: string; lastEventId: string }, at: number): void {
    let data: unknown;
    try {
      data = JSON.parse(event.data);
    } catch {
      // Skipping it would lose a change; asking again from before it does not.
      this.#retryLater(null);
      return;
    }
    const seq = Number(event.lastEventId);
    switch (name) {
      case 'group': {
        const change = data as GroupChange;
        if (this.#isNew(change.group.id, seq)) this.#listener.group(change, at);
        return;
      }
      case 'removed': {
        const removal = data as Removal;
        if (this.#isNew(removal.id, seq)) this.#listener.removed(removal);
        return;
      }
      case 'counts':
        this.#advanceTo(seq);
        this.#listener.counts(data as Counts);
        return;
      case 'reset':
        this.#drop();
        this.#listener.reset();
        return;
    }
  }

  #isNew(id: string, seq: number): boolean {
    if (seq <= this.#resumedAfter || seq < this.#position) return false;
    this.#advanceTo(seq);
    if (this.#handedOn.has(id)) return false;
    this.#handedOn.add(id);
    return true;
  }

  #advanceTo(seq: number): void {
    // NaN (an event before the first id) advances nothing.
    if (!(seq > this.#position)) return;
    this.#position = seq;
    this.#handedOn.clear();
  }

  #retryLater(problem: Problem | null): void {
    this.#drop();
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#attempt);
    const jittered = ceiling * (0.5 + this.#world.random() / 2);
    const delay = Math.max(jittered, (problem?.retryAfterSeconds ?? 0) * 1000);
    this.#attempt += 1;
    this.#report({ kind: 'waiting', attempt: this.#attempt, retryAt: this.#world.now() + delay, problem });
    const life = this.#life;
    this.#setTimer(delay, () => void this.#connect(life));
  }

  /** Ends the present connection and disowns whatever it still has under way. */
  #drop(): void {
    this.#life += 1;
    this.#cancelTimer();
    this.#source?.close();
    this.#source = null;
  }

  #setTimer(ms: number, run: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#world.later(ms, run);
  }

  #report(state: StreamState): void {
    this.#state = state.kind;
    this.#listener.state(state);
  }
}

export interface StreamListener {
  /** @param at when it arrived, on the clock of `StreamWorld.now`. */
  group(change: GroupChange, at: number): void;
  removed(removal: Removal): void;
  counts(counts: Counts): void;
  /** The stream has ended for good: reload the list and open another after its `counts.seq`. */
  reset(): void;
  state(state: StreamState): void;
}

export type StreamState =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** `retryAt` is on the clock of `StreamWorld.now`. */
  | { kind: 'waiting'; attempt: number; retryAt: number; problem: Problem | null };

type EventName = 'group' | 'removed' | 'counts' | 'reset';

/** The part of EventSource that is used. */
export interface EventStream {
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface StreamWorld {
  ticket(): Promise<string>;
  connect(url: string): EventStream;
  now(): number;
  random(): number;
  /** Runs later; returns what cancels it. */
  later(ms: number, run: () => void): () => void;
}

export function browserWorld(ticket: () => Promise<string>): StreamWorld {
  return {
    ticket,
    connect: (url) => new EventSource(url),
    now: () => performance.now(),
    random: Math.random,
    later: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}
