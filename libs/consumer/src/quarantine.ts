import { Injectable } from '@nestjs/common';

import { Shutdown } from '#lifecycle/shutdown.js';

/** What hangs keeps nobody waiting for longer; it then runs beside the others after all. */
const PATIENCE_MS = 10_000;
/** How soon a wait notices that the process is to end. */
const SHUTDOWN_LOOK_MS = 200;

/**
 * Decides which counted attempts of a process run side by side. What was being tried when a process ended may be what
 * ended it, so it is tried alone: then only the culprit's attempts are used up, and what merely ran beside it is done.
 */
@Injectable()
export class Quarantine {
  private readonly inside = new Set<Promise<unknown>>();
  private lone: Promise<unknown> | undefined;

  constructor(private readonly shutdown: Shutdown) {}

  /**
   * Runs an attempt beside others or, `alone`, while no other is running. Waits up to 10 s for that, and not once the
   * process is to end.
   */
  async run<T>(attempt: () => Promise<T>, { alone }: { readonly alone: boolean }): Promise<T> {
    const until = performance.now() + PATIENCE_MS;
    while (this.isTaken(until)) await this.patiently(this.lone, until);
    return alone ? this.alone(attempt, until) : this.share(attempt);
  }

  private async share<T>(attempt: () => Promise<T>): Promise<T> {
    const running = attempt();
    this.inside.add(running);
    try {
      return await running;
    } finally {
      this.inside.delete(running);
    }
  }

  private async alone<T>(attempt: () => Promise<T>, until: number): Promise<T> {
    const running = this.patiently(Promise.allSettled(this.inside), until).then(attempt);
    this.lone = running;
    try {
      return await running;
    } finally {
      if (this.lone === running) this.lone = undefined;
    }
  }

  /** Asked again after every wait, with nothing awaited before the attempt begins: others wait for the same end. */
  private isTaken(until: number): boolean {
    return this.lone !== undefined && performance.now() < until && !this.shutdown.begun;
  }

  private async patiently(others: Promise<unknown> | undefined, until: number): Promise<void> {
    let ended = false;
    const end = Promise.resolve(others).then(
      () => (ended = true),
      () => (ended = true),
    );
    while (!ended && !this.shutdown.begun && performance.now() < until) {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, SHUTDOWN_LOOK_MS)));
      await Promise.race([end, enough]);
      clearTimeout(timer);
    }
  }
}
