import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';

import { backoff } from '#consumer/backoff.js';
import { Burial, describeError } from '#consumer/burial.js';
import { PROCESS_ENDED } from '#consumer/ledger.repository.js';
import { Quarantine } from '#consumer/quarantine.js';
import { eventQueues } from '#contracts/queues.js';
import { Database } from '#database/database.js';
import { isInfrastructureError } from '#errors/infrastructure.js';
import { faultPoint } from '#faults/fault-point.js';
import { Loop } from '#lifecycle/loop.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { logger } from '#logging/logger.js';

import { Backpressure } from './backpressure.js';
import { ChunkService } from './chunk.service.js';
import { type ClaimedPart, FanOutRepository, LEASE_SECONDS, TakenOver } from './fan-out.repository.js';
import { Pace } from './pace.js';

/** Parts that a process tells side by side, so that a slow audience does not hold up the others. */
const LOOPS = 3;
const POLL_MS = 1_000;
const RENEW_MS = (LEASE_SECONDS * 1_000) / 3;
/**
 * Longer than a part waits for the quarantine (10 s) and its chunk then takes, if its call (5 s) and a statement or two
 * (16 s) are cut off just in time.
 */
const LONGEST_HOLD_MS = 60_000;
/** Halved at random (`backoff`): 1 s at first, 5 s at most. */
const OUTAGE_DELAY = { baseMs: 2_000, maxMs: 5_000 };
const RETRY_MS = 1_000;

const { attempts: ATTEMPTS, backoff: BACKOFF } = eventQueues.notification;

/** A part whose lease is renewed, as it is now: with the attempt, once that has begun. */
interface Held {
  part: ClaimedPart | undefined;
  readonly until: number;
}

/**
 * Tells large audiences chunk by chunk. Attempts at a chunk are counted as those of an event are; a part that has used
 * them up makes its event a dead letter, and goes on from where it stopped when that is redriven.
 */
@Injectable()
export class FanOutWorker implements OnApplicationBootstrap {
  private readonly loops: Loop[];
  private readonly pace = new Pace();
  /** Outages in a row, by what a part needs: followers and threads are known to different services. */
  private readonly outages = new Map<ClaimedPart['part'], number>();

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

  nudge(): void {
    for (const loop of this.loops) loop.nudge();
  }

  private async step(): Promise<boolean> {
    await wait(this.pace.restMs());
    const claimed = await this.fanOuts.claim(await this.backpressure.postsMayGo());
    if (claimed === undefined) return false;
    const alone = claimed.lastError === PROCESS_ENDED;
    const startedAt = performance.now();
    const held = { part: claimed, until: startedAt + LONGEST_HOLD_MS };
    await this.keepWhile(held, () => this.quarantine.run(() => this.attempt(claimed, held), { alone }));
    this.pace.chunkTook(performance.now() - startedAt, claimed.othersWait);
    return true;
  }

  private async attempt(claimed: ClaimedPart, held: Held): Promise<void> {
    if (claimed.attempts >= ATTEMPTS) return this.giveUp(claimed, claimed.lastError ?? PROCESS_ENDED);
    const started = await this.fanOuts.startAttempt(claimed);
    if (started === undefined) return;
    held.part = started;
    try {
      await this.chunks.tell(started);
      await faultPoint('checkpoint', started);
      this.outages.delete(started.part);
    } catch (error) {
      // What is put off now is not to be held for longer.
      held.part = undefined;
      if (error instanceof TakenOver) return;
      if (isInfrastructureError(error)) await this.giveBack(started, error);
      else await this.fail(started, error);
    }
  }

  /**
   * Renews the lease while `work` goes on, so that nobody takes a live worker for a dead one. What hangs loses it in
   * the end.
   */
  private async keepWhile(held: Held, work: () => Promise<void>): Promise<void> {
    const beat = setInterval(() => {
      if (held.part !== undefined && performance.now() < held.until)
        void this.fanOuts.renew(held.part).catch(() => undefined);
    }, RENEW_MS);
    try {
      await work();
    } finally {
      clearInterval(beat);
    }
  }

  /** A fault of this part; the others go on. */
  private async fail(started: ClaimedPart, error: unknown): Promise<void> {
    const { eventId, part, attempts } = started;
    logger.error({ err: error, eventId, part, attempt: attempts }, 'fan-out failed');
    // Also before the last is buried: should an outage come between, the letter says what was wrong all the same.
    await this.fanOuts.putOff(started, backoff(BACKOFF, attempts) / 1_000, describeError(error));
    if (attempts >= ATTEMPTS) await this.giveUp(started, describeError(error));
  }

  /**
   * Only this part waits: it may be its service alone that is away, and parts of others go on. Tried until it is done:
   * if PostgreSQL is what is away, nothing else could be done meanwhile.
   */
  private async giveBack(started: ClaimedPart, outage: unknown): Promise<void> {
    const { eventId, part } = started;
    const outages = (this.outages.get(part) ?? 0) + 1;
    this.outages.set(part, outages);
    logger[outages === 1 ? 'warn' : 'debug']({ err: outage, eventId, part }, 'fan-out interrupted');
    while (!this.shutdown.begun) {
      try {
        return await this.fanOuts.giveBack(started, backoff(OUTAGE_DELAY, outages) / 1_000);
      } catch (error) {
        if (!isInfrastructureError(error)) throw error;
        await wait(RETRY_MS);
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
