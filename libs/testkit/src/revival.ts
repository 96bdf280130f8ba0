import type { Beckon } from '#testkit/beckon.js';

/** Starts a process again each time it dies, as whoever supervises it would. */
export class Revival {
  deaths = 0;
  private readonly stopped = new AbortController();
  private readonly done: Promise<void>;

  /** @param restart what is done after each death; one that dies before it is up is found dead in the next round */
  constructor(
    private readonly beckon: Beckon,
    private readonly restart: () => Promise<unknown>,
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
      await this.restart();
    }
  }
}
