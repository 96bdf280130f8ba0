import { logger } from '#logging/logger.js';

/** What failed because something was away goes on within seconds of its return. */
const MAX_BACKOFF_MS = 2_000;

export interface LoopOptions {
  readonly name: string;
  /** One round of work. Answers whether there may be more at once. */
  readonly step: () => Promise<boolean>;
  /** How long to rest when there was nothing to do and nobody nudges; if nothing is said, only a nudge makes it work. */
  readonly idleMs?: number;
  /** How long to rest before the first step; not at all if nothing is said and it does not wait for nudges. */
  readonly firstRestMs?: number;
}

/**
 * Work that goes on for as long as the process lives: repeats a step, rests when there is nothing to do,
 * wakes at a nudge, and backs off with jitter when the step fails. At most one step runs at a time.
 */
export class Loop {
  private running: Promise<void> | undefined;
  private stopping = false;
  private nudged = false;
  private wake: (() => void) | undefined;

  constructor(private readonly options: LoopOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Wakes the loop if it rests; if it works, it looks once more before it rests. */
  nudge(): void {
    this.nudged = true;
    this.wake?.();
  }

  /** Wakes the loop if it rests, and only then: for who asks again soon anyway. */
  rouse(): void {
    this.wake?.();
  }

  /** Resolves when the step in progress, if any, has ended. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.running;
  }

  private async run(): Promise<void> {
    const { firstRestMs, idleMs } = this.options;
    if (firstRestMs !== undefined || idleMs === undefined) await this.rest(firstRestMs);
    let failures = 0;
    while (!this.stopping) {
      this.nudged = false;
      try {
        const more = await this.options.step();
        failures = 0;
        if (!more) await this.rest(idleMs);
      } catch (error) {
        failures++;
        const level = failures === 1 ? 'warn' : 'debug';
        logger[level]({ err: error, loop: this.options.name }, 'background work failed, trying again');
        await this.backOff(Math.min(100 * 2 ** failures, MAX_BACKOFF_MS) * (0.5 + Math.random() / 2));
      }
    }
  }

  private rest(ms: number | undefined): Promise<void> {
    return this.nudged || this.stopping ? Promise.resolve() : this.sleep(ms);
  }

  /** Nudges do not shorten a back-off: what fails is not to be hammered. */
  private async backOff(ms: number): Promise<void> {
    // By the steady clock: one that is set back would make a pause of minutes.
    const until = performance.now() + ms;
    while (!this.stopping && performance.now() < until) await this.sleep(until - performance.now());
  }

  private sleep(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(done, ms);
      const wake = () => done();
      this.wake = wake;
      function done() {
        clearTimeout(timer);
        resolve();
      }
    });
  }
}
