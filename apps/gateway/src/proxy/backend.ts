import { setTimeout as wait } from 'node:timers/promises';

import type { Service } from '#config/config.js';
import { DescribeProcessResponse } from '#contracts/generated/beckon/v1/beckon.js';

/** How long a process that could not be reached is asked only when no other is left. */
const AWAY_MS = 1_000;
/** Longer than the second that a service takes to say that it can do without something, so that it is heard out. */
export const PROBE_MS = 1_500;
/** A service makes its document when it is first asked. */
const DOCUMENT_MS = 5_000;

/** The processes that answer for one service; requests go round among those that are there. */
export class Backend {
  private readonly origins: readonly string[];
  private readonly awayUntil = new Map<string, number>();
  private readonly silent = new Set<string>();
  private next = 0;

  /** @param addresses host:port of each process */
  constructor(
    readonly service: Service,
    addresses: readonly string[],
  ) {
    this.origins = addresses.map((address) => `http://${address}`);
  }

  /**
   * Where to send a request next, of those that it was not sent to yet; undefined when nobody is left that may answer.
   */
  pick(tried: readonly string[], now = performance.now()): string | undefined {
    const left = this.origins.filter((origin) => !tried.includes(origin) && !this.silent.has(origin));
    const there = left.filter((origin) => (this.awayUntil.get(origin) ?? 0) <= now);
    const candidates = there.length > 0 ? there : left;
    return candidates[this.next++ % candidates.length];
  }

  /** Says that a process could not be reached. */
  away(origin: string, now = performance.now()): void {
    this.awayUntil.set(origin, now + AWAY_MS);
  }

  /**
   * Says that a process took a request and has not answered. Its kernel goes on taking them while it is frozen, and
   * each would wait as long, so it gets none until it says by itself that it is ready.
   */
  fellSilent(origin: string): void {
    if (this.silent.has(origin)) return;
    this.silent.add(origin);
    void this.listenFor(origin);
  }

  /** Nobody waits for it, so it never rejects. */
  private async listenFor(origin: string): Promise<void> {
    while (!(await this.isReady(origin))) await wait(AWAY_MS, undefined, { ref: false });
    this.silent.delete(origin);
  }

  /** Never rejects, also when the process breaks off after it has begun to answer. */
  private async isReady(origin: string): Promise<boolean> {
    try {
      const { body } = await this.get(origin, '/health/ready', PROBE_MS);
      await body?.cancel();
      return true;
    } catch {
      return false;
    }
  }

  /** @throws AggregateError when none of the processes is ready for requests */
  async requireReady(): Promise<void> {
    await Promise.any(this.origins.map((origin) => this.get(origin, '/health/ready', PROBE_MS)));
  }

  /** What the first process that answers has to say about its routes. @throws AggregateError when none does */
  async openApi(): Promise<unknown> {
    const answer = await Promise.any(
      this.origins.map((origin) => this.get(origin, '/openapi.json', DOCUMENT_MS)),
    );
    return answer.json();
  }

  /** What the processes that answer in time are doing, for operators. Never throws. */
  async describeEach(limitMs: number): Promise<DescribeProcessResponse[]> {
    const answers = await Promise.allSettled(
      this.origins.map(async (origin) => {
        const answer = await this.get(origin, '/health/process', limitMs);
        return DescribeProcessResponse.decode(new Uint8Array(await answer.arrayBuffer()));
      }),
    );
    return answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value);
  }

  private async get(origin: string, path: string, limitMs: number): Promise<Response> {
    const answer = await fetch(origin + path, { signal: AbortSignal.timeout(limitMs) });
    if (answer.ok) return answer;
    await answer.body?.cancel();
    throw new Error(`${origin}${path} answers ${answer.status}`);
  }
}
