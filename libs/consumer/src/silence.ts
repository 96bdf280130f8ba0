/** Tells a consumer that stands still from one that is idle or slow. Times are milliseconds of one steady clock. */
export class Silence {
  private lastSign = 0;
  private busy = false;

  /** @param limitMs how long there may be work without any of it ending */
  constructor(private readonly limitMs: number) {}

  /** A job ended, whatever became of it. */
  broken(now: number): void {
    this.lastSign = now;
  }

  /**
   * Notes whether there is work now; undefined when that cannot be known. The silence begins anew when work comes
   * after none, or after a time of which nothing is known.
   * @returns whether it has been silent for the limit
   */
  observe(now: number, hasWork: boolean | undefined): boolean {
    if (hasWork === true && !this.busy) this.lastSign = now;
    this.busy = hasWork === true;
    return this.busy && now - this.lastSign >= this.limitMs;
  }
}
