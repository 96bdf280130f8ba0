import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';

import { CodedError } from '#errors/coded-error.js';
import type { EventStream } from '#http/event-stream.js';
import { Loop } from '#lifecycle/loop.js';
import { Shutdown } from '#lifecycle/shutdown.js';

import { AdminErrors } from '../admin.errors.js';
import { SnapshotService, type Taken } from './snapshot.service.js';

/** From the end of one snapshot to the next, so that what is slow to answer is asked less. */
const EVERY_MS = 2_000;
/** Operators of one process; each costs little, but nobody needs more. */
const MAX_LISTENERS = 20;

const listening = new Gauge({
  name: 'beckon_operations_streams_open',
  help: 'Open streams of operators; while it is 0, no snapshots are made',
});

/** Tells all operators who listen the same snapshots, made once for all of them and only while somebody listens. */
@Injectable()
export class OperationsHub {
  private readonly listeners = new Set<EventStream>();
  private loop: Loop | undefined;
  private last: Taken | undefined;
  private closing = false;

  constructor(
    private readonly snapshots: SnapshotService,
    shutdown: Shutdown,
  ) {
    shutdown.register('http', 'operators’ streams', () => this.close());
  }

  /** @throws CodedError OPERATIONS_STREAM_LIMIT */
  requireRoom(): void {
    if (this.listeners.size < MAX_LISTENERS) return;
    throw new CodedError(
      AdminErrors.OPERATIONS_STREAM_LIMIT,
      `No more than ${MAX_LISTENERS} operators may listen to one process.`,
      { retryAfterSeconds: 5 },
    );
  }

  /** Takes a started stream in. It hears the present snapshot at once if there is one. */
  add(listener: EventStream): void {
    if (this.closing) return listener.end();
    this.listeners.add(listener);
    listening.set(this.listeners.size);
    if (this.last !== undefined) this.tell(listener, this.last);
    if (this.loop !== undefined) return;
    this.loop = new Loop({ name: 'operations snapshots', step: () => this.tellAll(), idleMs: EVERY_MS });
    this.loop.start();
  }

  remove(listener: EventStream): void {
    if (!this.listeners.delete(listener)) return;
    listening.set(this.listeners.size);
    if (this.listeners.size === 0) void this.rest();
  }

  private async tellAll(): Promise<boolean> {
    const taken = await this.snapshots.take(this.last?.figures);
    // Everybody may have left meanwhile; whoever comes next begins anew.
    this.last = this.listeners.size === 0 ? undefined : taken;
    const [now, steady] = [Date.now(), performance.now()];
    for (const listener of this.listeners) {
      listener.cutOffIfStuck(steady);
      if (listener.expiresAt <= now) listener.end();
      if (listener.open) this.tell(listener, taken);
      else this.remove(listener);
    }
    return false;
  }

  /** A reader that has not kept up misses snapshots: only the newest is worth anything. */
  private tell(listener: EventStream, { snapshot }: Taken): void {
    if (!listener.full) listener.sendEvent('snapshot', snapshot);
  }

  /** The rates of a later snapshot must not reach over a time in which nobody looked. */
  private async rest(): Promise<void> {
    const { loop } = this;
    this.loop = undefined;
    this.last = undefined;
    await loop?.stop();
  }

  private async close(): Promise<void> {
    this.closing = true;
    for (const listener of this.listeners) listener.end();
    this.listeners.clear();
    await this.rest();
  }
}
