import type { Beckon } from '#testkit/beckon.js';

/** Starts a process again each time it dies, as whoever supervises it would. */
export class Revival {
  deaths = 0;
  private readonly stopped = new AbortController();
  private readonly done: Promise<void>;

  /** @param before runs after each death, before the next start */
  constructor(
    private readonly beckon: Beckon,
    private readonly before: () => Promise<unknown> = () => Promise.resolve(),
  ) {
    this.done = this.watch();
  }

  /** The process that runs now is the last one. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.done;
  }

  private async watch(): Promise<void> {
    const stopped = new Promise((resolve) => this.stopped.signal.addEventListener('abort', resolve));
    for (;;) {
      await Promise.race([this.beckon.ended, stopped]);
      if (this.stopped.signal.aborted) return;
      this.deaths++;
      await this.before();
      // One that dies before it is up is found dead in the next round.
      await this.beckon.run().catch(() => undefined);
    }
  }
}
