import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';

import { Config } from '#config/config.js';
import { EventQueues } from '#queue/event-queues.js';

/** All loops of a process look at the queue together. */
const FRESH_MS = 500;

const held = new Gauge({
  name: 'beckon_fan_out_held',
  help: '1 while posts wait on their way to followers, because events wait for the notification consumer',
});

/**
 * Whether posts may go on to their followers now. While a backlog of events waits they do not: mentions, replies and
 * reactions come first. The measure is the queue's own length, which no clock and no other process can falsify.
 */
@Injectable()
export class Backpressure {
  private last = { until: 0, postsMayGo: Promise.resolve(true) };

  constructor(
    private readonly config: Config,
    private readonly queues: EventQueues,
  ) {}

  /** Never throws: while Redis does not answer, nothing arrives that posts could be in the way of. */
  postsMayGo(): Promise<boolean> {
    const now = performance.now();
    if (now >= this.last.until) this.last = { until: now + FRESH_MS, postsMayGo: this.measure() };
    return this.last.postsMayGo;
  }

  private async measure(): Promise<boolean> {
    const waiting = await this.queues.countWaiting('notification').catch(() => 0);
    const mayGo = waiting <= this.config.FAN_OUT_BACKLOG_JOBS;
    held.set(mayGo ? 0 : 1);
    return mayGo;
  }
}
