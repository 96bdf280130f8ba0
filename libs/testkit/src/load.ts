import { randomUUID } from 'node:crypto';

import type { Beckon } from '#testkit/beckon.js';
import { HttpConnection, type HttpReply } from '#testkit/http-connection.js';

/** Something that a person does. */
export interface Operation {
  readonly actor: string;
  /** As the network's service instead of the actor. */
  readonly service?: boolean;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Called once it is acknowledged. */
  readonly done?: (body: Record<string, unknown>) => void;
}

/** What a connection does next; undefined ends it. One connection does one thing at a time. */
export type Script = () => Operation | undefined;

export interface LoadOptions {
  /**
   * An open loop: operations come due at this rate whatever becomes of the earlier ones, and latency counts from when
   * one was due, so that a server that stalls is charged for everybody who would have waited. Left out, each
   * connection goes on as soon as it is answered.
   */
  readonly perSecond?: number;
}

/** A server that does not answer within this has not answered. */
const ANSWER_MS = 25_000;
/** Whatever fails must be over by then. */
const GIVE_UP_MS = 90_000;
const RETRY_MS = 100;

/**
 * People who act at the same time, each connection one thing after the other. Keeps three answers apart: acknowledged
 * (2xx), refused (any other status) and unknown (no answer came, or 504). What is unknown or refused with 503 is sent again
 * with the same Idempotency-Key until it is acknowledged, so that afterwards it is known what was done.
 */
export class Load {
  acknowledged = 0;
  /** Attempts that no answer came to, or one that can't tell (504). */
  unknown = 0;
  /** Answers 503 because nobody could tell in time whether a post or person exists, as may be on a busy machine. */
  lookupsMissed = 0;
  /** What the operation that needed most attempts needed. */
  mostAttempts = 0;
  /** Answers by status. */
  readonly statuses = new Map<number, number>();
  /** Refusals that no retry would mend, and what else is wrong with answers; the first few. */
  readonly complaints: string[] = [];
  /** Milliseconds of each attempt that was answered. */
  readonly latencies: number[] = [];
  readonly finished: Promise<void>;
  private stopping = false;
  private givenUp = false;
  private due = performance.now();

  constructor(
    private readonly beckon: Beckon,
    scripts: readonly Script[],
    private readonly options: LoadOptions = {},
  ) {
    this.finished = Promise.all(scripts.map((script) => this.connection(script))).then(() => undefined);
  }

  count(status: number): number {
    return this.statuses.get(status) ?? 0;
  }

  /** Statuses other than 2xx that were answered. */
  get refused(): number {
    return [...this.statuses].reduce((sum, [status, count]) => sum + (status >= 300 ? count : 0), 0);
  }

  /** Waits until so many more are acknowledged. @throws when none is for `ms` */
  async progress(more: number, ms = 60_000): Promise<void> {
    const goal = this.acknowledged + more;
    let [last, until] = [this.acknowledged, Date.now() + ms];
    while (this.acknowledged < goal) {
      if (this.acknowledged > last) [last, until] = [this.acknowledged, Date.now() + ms];
      if (Date.now() > until) throw new Error(`only ${this.acknowledged} of ${goal}: ${this.summary()}`);
      await pause(5);
    }
  }

  /** Nothing new is begun; resolves when all that was begun is acknowledged. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.finished;
  }

  /** What was answered so far was a warm-up: forgets how, and keeps what was done. */
  measureFromNow(): void {
    this.latencies.length = 0;
    this.statuses.clear();
    this.unknown = 0;
    this.lookupsMissed = 0;
    this.mostAttempts = 0;
  }

  /** Gives everything up, answered or not. */
  async abandon(): Promise<void> {
    this.givenUp = true;
    await this.stop();
  }

  summary(): string {
    const statuses = [...this.statuses].map(([status, count]) => `${status}: ${count}`).join(', ');
    return `acknowledged ${this.acknowledged}, unknown ${this.unknown}, ${statuses}; ${this.complaints.join('; ')}`;
  }

  private async connection(script: Script): Promise<void> {
    const doors = new Map<string, HttpConnection>();
    try {
      while (!this.stopping) {
        const dueAt = await this.turn();
        const operation = this.stopping ? undefined : script();
        if (operation === undefined) return;
        await this.untilAcknowledged(doors, operation, dueAt);
      }
    } finally {
      for (const door of doors.values()) door.close();
    }
  }

  /** Waits until the next operation is due. @returns when that was (performance.now()) */
  private async turn(): Promise<number> {
    const { perSecond } = this.options;
    if (perSecond === undefined) return performance.now();
    const dueAt = this.due;
    this.due += 1_000 / perSecond;
    const ms = dueAt - performance.now();
    if (ms > 0) await pause(ms);
    return dueAt;
  }

  private async untilAcknowledged(
    doors: Map<string, HttpConnection>,
    operation: Operation,
    dueAt: number,
  ): Promise<void> {
    const key = randomUUID();
    const until = Date.now() + GIVE_UP_MS;
    for (let [sentAt, attempts] = [dueAt, 1]; ; [sentAt, attempts] = [performance.now(), attempts + 1]) {
      this.mostAttempts = Math.max(this.mostAttempts, attempts);
      const reply = await this.attempt(doors, operation, key);
      if (reply === undefined) this.unknown++;
      else {
        this.latencies.push(performance.now() - sentAt);
        this.statuses.set(reply.status, this.count(reply.status) + 1);
        if (reply.status < 300) {
          this.acknowledged++;
          operation.done?.(reply.body === '' ? {} : (JSON.parse(reply.body) as Record<string, unknown>));
          return;
        }
        if (reply.status !== 503 && reply.status !== 504) {
          this.complain(`${operation.method} ${operation.path} answered ${reply.status} ${reply.body}`);
          return;
        }
        if (reply.status === 504) this.unknown++;
        if (reply.body.includes('cannot be told now')) this.lookupsMissed++;
        // 503 says when to come back; what may have been done, as after a 504, is sent again by its key without that.
        if (/^\d+$/.test(reply.retryAfter ?? '') !== (reply.status === 503))
          this.complain(`${reply.status} with Retry-After ${reply.retryAfter}: ${reply.body}`);
      }
      if (this.givenUp || Date.now() > until) {
        this.complain(`${operation.method} ${operation.path} was never acknowledged`);
        return;
      }
      await pause(RETRY_MS);
    }
  }

  private complain(what: string): void {
    if (this.complaints.length < 10) this.complaints.push(what);
  }

  private async attempt(
    doors: Map<string, HttpConnection>,
    { actor, service, method, path, body }: Operation,
    key: string,
  ): Promise<HttpReply | undefined> {
    const token = await (service === true
      ? this.beckon.tokenOf('network', 'service')
      : this.beckon.tokenOf(actor));
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (method === 'POST') headers['idempotency-key'] = key;
    const origin = this.beckon.urlOf(path);
    let door = doors.get(origin);
    if (door === undefined) {
      const { hostname, port } = new URL(origin);
      door = new HttpConnection(hostname, Number(port));
      doors.set(origin, door);
    }
    return door.send(
      { method, path, headers, body: body === undefined ? undefined : JSON.stringify(body) },
      ANSWER_MS,
    );
  }
}

/** The value that `part` (0 to 1) of the values do not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
