import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';

import type { Beckon } from '#testkit/beckon.js';

/** Something that a person does. */
export interface Operation {
  readonly actor: string;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Called once it is acknowledged. */
  readonly done?: (body: Record<string, unknown>) => void;
}

/** What a connection does next; undefined ends it. One connection does one thing at a time. */
export type Script = () => Operation | undefined;

interface Reply {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** A server that does not answer within this has not answered. */
const ANSWER_MS = 25_000;
/** Whatever fails must be over by then. */
const GIVE_UP_MS = 90_000;
const RETRY_MS = 100;

/**
 * People who act at the same time, each connection one thing after the other. Keeps three answers apart: acknowledged
 * (2xx), refused (any other status) and unknown (no answer came). What is unknown or refused with 503 is sent again
 * with the same Idempotency-Key until it is acknowledged, so that afterwards it is known what was done.
 */
export class Load {
  acknowledged = 0;
  /** Attempts that no answer came to. */
  unknown = 0;
  /** Answers by status. */
  readonly statuses = new Map<number, number>();
  /** Refusals that no retry would mend, and what else is wrong with answers; the first few. */
  readonly complaints: string[] = [];
  /** Milliseconds of each attempt that was answered. */
  readonly latencies: number[] = [];
  readonly finished: Promise<void>;
  private stopping = false;

  constructor(
    private readonly beckon: Beckon,
    scripts: readonly Script[],
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

  /** Waits until so many more are acknowledged. @throws when they are not within `ms` */
  async progress(more: number, ms = 60_000): Promise<void> {
    const goal = this.acknowledged + more;
    const until = Date.now() + ms;
    while (this.acknowledged < goal) {
      if (Date.now() > until) throw new Error(`only ${this.acknowledged} of ${goal}: ${this.summary()}`);
      await pause(5);
    }
  }

  /** Nothing new is begun; resolves when all that was begun is acknowledged. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.finished;
  }

  summary(): string {
    const statuses = [...this.statuses].map(([status, count]) => `${status}: ${count}`).join(', ');
    return `acknowledged ${this.acknowledged}, unknown ${this.unknown}, ${statuses}; ${this.complaints.join('; ')}`;
  }

  private async connection(script: Script): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      while (!this.stopping) {
        const operation = script();
        if (operation === undefined) return;
        await this.untilAcknowledged(agent, operation);
      }
    } finally {
      agent.destroy();
    }
  }

  private async untilAcknowledged(agent: Agent, operation: Operation): Promise<void> {
    const key = randomUUID();
    const until = Date.now() + GIVE_UP_MS;
    for (;;) {
      const sentAt = performance.now();
      const reply = await this.attempt(agent, operation, key);
      if (reply === undefined) this.unknown++;
      else {
        this.latencies.push(performance.now() - sentAt);
        this.statuses.set(reply.status, this.count(reply.status) + 1);
        if (reply.status < 300) {
          this.acknowledged++;
          operation.done?.(reply.body === '' ? {} : (JSON.parse(reply.body) as Record<string, unknown>));
          return;
        }
        if (reply.status !== 503) {
          this.complain(`${operation.method} ${operation.path} answered ${reply.status} ${reply.body}`);
          return;
        }
        if (!/^\d+$/.test(reply.retryAfter ?? '')) this.complain(`503 without Retry-After: ${reply.body}`);
      }
      if (Date.now() > until) {
        this.complain(`${operation.method} ${operation.path} was never acknowledged`);
        return;
      }
      await pause(RETRY_MS);
    }
  }

  private complain(what: string): void {
    if (this.complaints.length < 10) this.complaints.push(what);
  }

  private async attempt(agent: Agent, operation: Operation, key: string): Promise<Reply | undefined> {
    const body = operation.body === undefined ? undefined : JSON.stringify(operation.body);
    const headers: Record<string, string> = {
      authorization: `Bearer ${await this.beckon.tokenOf(operation.actor)}`,
      ...(operation.method === 'POST' ? { 'idempotency-key': key } : {}),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    };
    return new Promise((resolve) => {
      const sent = request(
        `${this.beckon.url}${operation.path}`,
        { method: operation.method, agent, headers, timeout: ANSWER_MS },
        (response) => void read(response).then(resolve, () => resolve(undefined)),
      );
      sent.on('error', () => resolve(undefined));
      sent.on('timeout', () => sent.destroy());
      sent.end(body);
    });
  }
}

/** The value that `part` (0 to 1) of the values do not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

async function read(response: IncomingMessage): Promise<Reply> {
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) body += chunk as string;
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
