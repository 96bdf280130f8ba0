import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';

import { backoff } from '#consumer/backoff.js';
import { Burial, describeError } from '#consumer/burial.js';
import { PROCESS_ENDED } from '#consumer/ledger.repository.js';
import { Quarantine } from '#consumer/quarantine.js';
import { eventQueues } from '#contracts/queues.js';
import { Database, type Transaction } from '#database/database.js';
import { isInfrastructureError } from '#errors/infrastructure.js';
import { faultPoint } from '#faults/fault-point.js';
import { Loop } from '#lifecycle/loop.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { logger } from '#logging/logger.js';

import { Backpressure } from './backpressure.js';
import { ChunkService } from './chunk.service.js';
import { type ClaimedPart, FanOutRepository, TakenOver } from './fan-out.repository.js';

/** Parts that a process tells side by side, so that a slow audience does not hold up the others. */
const LOOPS = 3;
const POLL_MS = 1_000;
const OUTAGE_SECONDS = 1;

const { attempts: ATTEMPTS, backoff: BACKOFF } = eventQueues.notification;

/**
 * Tells large audiences chunk by chunk. Attempts at a chunk are counted as those of an event are; a part that has used
 * them up makes its event a dead letter, and goes on from where it stopped when that is redriven.
 */
@Injectable()
export class FanOutWorker implements OnApplicationBootstrap {
  private readonly loops: Loop[];

  constructor(
    private readonly shutdown: Shutdown,
    private readonly database: Database,
    private readonly fanOuts: FanOutRepository,
    private readonly chunks: ChunkService,
    private readonly backpressure: Backpressure,
    private readonly quarantine: Quarantine,
    private readonly burial: Burial,
  ) {
    this.loops = Array.from(
      { length: LOOPS },
      (_, index) => new Loop({ name: `fan-out ${index + 1}`, step: () => this.step(), idleMs: POLL_MS }),
    );
    shutdown.register('workers', 'fan-out', () => Promise.all(this.loops.map((loop) => loop.stop())));
  }

  onApplicationBootstrap(): void {
    for (const loop of this.loops) loop.start();
  }

  /** Opens fan-outs in the transaction that records their events as done. */
  async open(tx: Transaction, parts: Parameters<FanOutRepository['open']>[1]): Promise<void> {
    await this.fanOuts.open(tx, parts);
  }

  /** Lets the parts of an event that were given up go on from where they stopped. Answers how many. */
  reopen(tx: Transaction, eventId: string): Promise<number> {
    return this.fanOuts.reopen(tx, eventId);
  }

  nudge(): void {
    for (const loop of this.loops) loop.nudge();
  }

  private async step(): Promise<boolean> {
    const claimed = await this.fanOuts.claim(await this.backpressure.postsMayGo());
    if (claimed === undefined) return false;
    const attempt = () => this.attempt(claimed);
    await (claimed.lastError === PROCESS_ENDED
      ? this.quarantine.alone(attempt)
      : this.quarantine.share(attempt));
    return true;
  }

  /** @throws what an outage threw, once the attempt is given back */
  private async attempt(claimed: ClaimedPart): Promise<void> {
    const attempts = await this.fanOuts.startAttempt(claimed);
    if (attempts === undefined) return;
    if (attempts > ATTEMPTS) return this.giveUp(claimed, claimed.lastError ?? PROCESS_ENDED);
    try {
      await this.chunks.tell(claimed);
      await faultPoint('checkpoint', claimed);
    } catch (error) {
      if (error instanceof TakenOver) return;
      if (isInfrastructureError(error)) {
        await this.giveBack(claimed);
        throw error;
      }
      await this.fail(claimed, error, attempts);
    }
  }

  /** A fault of this part; the others go on. */
  private async fail(claimed: ClaimedPart, error: unknown, attempts: number): Promise<void> {
    const { eventId, part } = claimed;
    logger.error({ err: error, eventId, part, attempt: attempts }, 'fan-out failed');
    if (attempts >= ATTEMPTS) return this.giveUp(claimed, describeError(error));
    await this.fanOuts.putOff(claimed, backoff(BACKOFF, attempts) / 1_000, describeError(error));
  }

  /** Tried until it is done: if PostgreSQL is what is away, nothing else could be done meanwhile. */
  private async giveBack(claimed: ClaimedPart): Promise<void> {
    while (!this.shutdown.begun) {
      try {
        return await this.fanOuts.giveBack(claimed, OUTAGE_SECONDS);
      } catch (error) {
        if (!isInfrastructureError(error)) throw error;
        await wait(OUTAGE_SECONDS * 1_000);
      }
    }
  }

  private async giveUp(claimed: ClaimedPart, cause: string): Promise<void> {
    const { eventId, part, after, event } = claimed;
    const { type } = event as { type: string };
    const error = `told ${part} up to ${after}, then: ${cause}`;
    try {
      const buried = await this.database.transaction(async (tx) => {
        const letter = { id: eventId, type, payload: event, error, attempts: ATTEMPTS };
        const report = await this.burial.buryDone(tx, letter);
        await this.fanOuts.end(tx, claimed, cause);
        return report;
      });
      buried();
    } catch (failure) {
      if (!(failure instanceof TakenOver)) throw failure;
    }
  }
}
