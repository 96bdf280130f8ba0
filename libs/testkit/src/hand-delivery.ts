import type { Queue } from 'bullmq';

import type { Beckon } from '#testkit/beckon.js';
import type { HandMadeEvent } from '#testkit/hand-made-event.js';
import { openQueue } from '#testkit/open-queue.js';
import { Wait } from '#testkit/wait.js';

const KEEP_NOTHING = { removeOnComplete: true, removeOnFail: true };

/** Puts events into the notification consumer's queue by hand: in any order, any number of times. */
export class HandDelivery {
  private constructor(
    private readonly beckon: Beckon,
    private readonly queue: Queue,
  ) {}

  static open(beckon: Beckon): HandDelivery {
    return new HandDelivery(beckon, openQueue(beckon, 'notification'));
  }

  /** Delivers envelopes, and waits until every job is gone and every event settled. */
  async deliver(...envelopes: (readonly HandMadeEvent[])[]): Promise<void> {
    await this.queue.addBulk(
      envelopes.map((events) => ({ name: 'events', data: { events }, opts: KEEP_NOTHING })),
    );
    const ids = [...new Set(envelopes.flat().map(({ id }) => id))];
    const wait = new Wait(30_000);
    for (;;) {
      const [open] = await this.beckon.database.query<{ unsettled: number }>(
        `SELECT count(*)::int AS unsettled FROM unnest($1::uuid[]) AS id WHERE NOT EXISTS (
           SELECT 1 FROM notification.ledger WHERE event_id = id AND status <> 'trying')`,
        [ids],
      );
      const jobs = await this.open();
      if (open?.unsettled === 0 && jobs === 0) return this.beckon.drain();
      if (wait.isOver) throw new Error(`${open?.unsettled} events and ${jobs} jobs are left`);
      await wait.rest();
    }
  }

  /** Puts a job in without waiting for it, whatever it holds. */
  async put(data: unknown): Promise<void> {
    await this.queue.add('events', data, KEEP_NOTHING);
  }

  /** Jobs that the consumer has not finished. */
  open(): Promise<number> {
    return this.queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized');
  }

  async close(): Promise<void> {
    await this.queue.close();
  }
}
