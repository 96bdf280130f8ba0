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
    await this.untilNobodyIsAlone();
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
    await this.untilNobodyIsAlone();
    const running = patiently(Promise.allSettled(this.inside)).then(attempt);
    this.lone = running;
    try {
      return await running;
    } finally {
      if (this.lone === running) this.lone = undefined;
    }
  }

  private async untilNobodyIsAlone(): Promise<void> {
    for (const until = Date.now() + PATIENCE_MS; this.lone !== undefined && Date.now() < until;)
      await patiently(this.lone);
  }
}

async function patiently(others: Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  const enough = wait(PATIENCE_MS, undefined, { signal: limit.signal });
  await Promise.race([others, enough]).catch(() => undefined);
  limit.abort();
  await enough.catch(() => undefined);
}
