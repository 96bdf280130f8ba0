import { restAfterCounting, restAfterFailing } from '#outbox/backlog.js';
import type { ConsumerBacklog } from '#outbox/deliveries.repository.js';

/**
 * What each consumer has still to settle of a service, for everybody who looks: metrics, and operators with a page open.
 * Counted once for all of them, and the more there is, the less often.
 */
export class Unsettled {
  private last: Promise<ConsumerBacklog[]> = Promise.resolve([]);
  private countAgainAt = -Infinity;

  /**
   * @param count reads all of it
   * @param now a clock in ms that never goes back
   */
  constructor(
    private readonly count: () => Promise<ConsumerBacklog[]>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws what the last count failed with */
  read(): Promise<ConsumerBacklog[]> {
    if (this.now() >= this.countAgainAt) {
      this.countAgainAt = Infinity;
      this.last = this.countAndRest();
    }
    return this.last;
  }

  private async countAndRest(): Promise<ConsumerBacklog[]> {
    const startedAt = this.now();
    try {
      const backlog = await this.count();
      const rows = backlog.reduce((sum, { unsettled }) => sum + unsettled, 0);
      this.countAgainAt = this.now() + restAfterCounting(rows);
      return backlog;
    } catch (error) {
      this.countAgainAt = this.now() + restAfterFailing(this.now() - startedAt);
      throw error;
    }
  }
}
