/** A chunk takes less on a healthy system; a service that answers slowly costs the others little. */
const LONGEST_REST_MS = 100;

/**
 * How fast large audiences are told: after a chunk all loops of a process rest for as long as it took, within the limit,
 * so that a single audience leaves half of the time to everything else. Not while further audiences wait, for then they
 * are the others.
 */
export class Pace {
  private restUntil = -Infinity;

  /** @param now a clock in ms that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A chunk has ended that took so long. */
  chunkTook(ms: number, othersWait: boolean): void {
    if (othersWait) return;
    this.restUntil = Math.max(this.restUntil, this.now() + Math.min(ms, LONGEST_REST_MS));
  }

  /** How long the next chunk should wait, in ms. */
  restMs(): number {
    return Math.max(0, this.restUntil - this.now());
  }
}
