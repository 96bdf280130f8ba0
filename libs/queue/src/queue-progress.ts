import type { Consumer } from '#contracts/catalogue.js';
import type { EventQueues } from '#queue/event-queues.js';

export interface Progress {
  /** By the clock of `look()`: what was added before this has been taken once; -Infinity if nothing is known yet. */
  readonly takenBefore: number;
  /** How long jobs wait at least, in ms; 0 when none was seen to wait at two looks. */
  readonly waitMs: number;
}

/** A job that was the newest of its queue when it was marked. */
interface Mark {
  readonly jobId: string;
  readonly at: number;
  /** How long after that it was last seen to wait. */
  waitedMs: number;
}

/**
 * How far a consumer has come with its queue, which is first come, first served. It is told from whether a job still
 * waits that was the newest some time ago, so that neither the clock of another machine matters nor what a job says.
 * What an outage put back counts as taken.
 */
export class QueueProgress {
  private mark: Mark | undefined;
  private takenBefore = -Infinity;

  /** @param now the clock, in ms; only its differences count */
  constructor(
    private readonly queues: Pick<EventQueues, 'isWaiting' | 'newestWaiting'>,
    private readonly consumer: Consumer,
    private readonly now = () => performance.now(),
  ) {}

  /** Looks once. A wait shorter than the time between two looks is not seen. @throws when Redis is away */
  async look(): Promise<Progress> {
    const { mark } = this;
    // Before Redis is asked: what is added until it answers may be behind the newest.
    const at = this.now();
    if (mark !== undefined && (await this.queues.isWaiting(this.consumer, mark.jobId))) {
      mark.waitedMs = at - mark.at;
      return { takenBefore: this.takenBefore, waitMs: mark.waitedMs };
    }
    const newest = await this.queues.newestWaiting(this.consumer);
    const isEmpty = newest === undefined;
    // Looks beside each other may end in any order.
    this.takenBefore = Math.max(this.takenBefore, isEmpty ? at : (mark?.at ?? -Infinity));
    this.mark = isEmpty ? undefined : { jobId: newest, at, waitedMs: 0 };
    return { takenBefore: this.takenBefore, waitMs: isEmpty ? 0 : (mark?.waitedMs ?? 0) };
  }
}
