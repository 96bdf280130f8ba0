import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';

import { Config } from '#config/config.js';
import { EventQueues } from '#queue/event-queues.js';
import { QueueProgress } from '#queue/queue-progress.js';

const held = new Gauge({
  name: 'beckon_fan_out_held',
  help: '1 while posts wait on their way to followers, because events wait for the notification consumer',
});

const FRESH_MS = 500;

/**
 * Whether posts may go on to their followers now. While other events wait for long they do not: mentions, replies and
 * reactions come first. How many jobs wait would tell little, for relays hold back what comes while they do.
 */
@Injectable()
export class Backpressure {
  private readonly progress: QueueProgress;
  private last = { until: 0, postsMayGo: Promise.resolve(true) };

  constructor(
    private readonly config: Config,
    queues: EventQueues,
  ) {
    this.progress = new QueueProgress(queues, 'notification');
  }

  /** Never throws: while Redis does not answer, nothing arrives that posts could be in the way of. */
  postsMayGo(): Promise<boolean> {
    const now = performance.now();
    // All loops of a process look together, and at least twice within what is too long a wait.
    const until = now + Math.min(FRESH_MS, this.config.FAN_OUT_BACKLOG_MS / 2);
    if (now >= this.last.until) this.last = { until, postsMayGo: this.measure() };
    return this.last.postsMayGo;
  }

  private async measure(): Promise<boolean> {
    const { waitMs } = await this.progress.look().catch(() => ({ waitMs: 0 }));
    const mayGo = waitMs < this.config.FAN_OUT_BACKLOG_MS;
    held.set(mayGo ? 0 : 1);
    return mayGo;
  }
}
