import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';

/** What hangs keeps nobody waiting for longer; it then runs beside the others after all. */
const PATIENCE_MS = 10_000;

/**
 * Decides which counted attempts of a process run side by side. What was being tried when a process ended may be what
 * ended it, so it is tried alone: then only the culprit's attempts are used up, and what merely ran beside it is done.
 */
@Injectable()
export class Quarantine {
  private readonly inside = new Set<Promise<unknown>>();
  private lone: Promise<unknown> | undefined;

  /** Runs an attempt beside others. */
  async share<T>(attempt: () => Promise<T>): Promise<T> {
    for (const until = Date.now() + PATIENCE_MS; this.isTaken(until);) await patiently(this.lone);
    const running = attempt();
    this.inside.add(running);
    try {
      return await running;
    } finally {
      this.inside.delete(running);
    }
  }

  /** Runs an attempt while no other is running. */
  async alone<T>(attempt: () => Promise<T>): Promise<T> {
    for (const until = Date.now() + PATIENCE_MS; this.isTaken(until);) await patiently(this.lone);
    const running = patiently(Promise.allSettled(this.inside)).then(attempt);
    this.lone = running;
    try {
      return await running;
    } finally {
      if (this.lone === running) this.lone = undefined;
    }
  }

  /** Asked again after every wait, with nothing awaited before the attempt begins: others wait for the same end. */
  private isTaken(until: number): boolean {
    return this.lone !== undefined && Date.now() < until;
  }
}

async function patiently(others: Promise<unknown> | undefined): Promise<void> {
  const limit = new AbortController();
  const enough = wait(PATIENCE_MS, undefined, { signal: limit.signal });
  await Promise.race([others, enough]).catch(() => undefined);
  limit.abort();
  await enough.catch(() => undefined);
}
