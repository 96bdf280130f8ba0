const SHORTEST_MS = 5;
const LONGEST_MS = 100;
/** A rest is this part of what was waited so far. */
const REST = 0.1;

/**
 * Waits for something that can only be asked for again and again: often at first, and seldom once it takes long, since
 * every look takes from whoever is to bring it about.
 */
export class Wait {
  private readonly startedAt = performance.now();

  constructor(private readonly limitMs: number) {}

  /** How long it has been, in ms. */
  get ms(): number {
    return performance.now() - this.startedAt;
  }

  get isOver(): boolean {
    return this.ms > this.limitMs;
  }

  /** @param atLeastMs when looking itself takes long */
  rest(atLeastMs = 0): Promise<void> {
    const ms = Math.max(atLeastMs, SHORTEST_MS, Math.min(LONGEST_MS, this.ms * REST));
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}
