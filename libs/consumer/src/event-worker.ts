import type { OnApplicationBootstrap } from '@nestjs/common';
import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Counter } from 'prom-client';

import type { Config } from '#config/config.js';
import type { EventConsumer } from '#consumer/event-consumer.js';
import { beginOutcomes } from '#consumer/outcomes.js';
import { Silence } from '#consumer/silence.js';
import type { Consumer } from '#contracts/catalogue.js';
import { eventQueues, JOB_LOCK_MS, MAX_STALLED, STALL_SCAN_MS } from '#contracts/queues.js';
import { faultPoint } from '#faults/fault-point.js';
import { Loop } from '#lifecycle/loop.js';
import type { Shutdown } from '#lifecycle/shutdown.js';
import { logger } from '#logging/logger.js';
import { type Envelope, type EventQueues, queuePrefix, queueTelemetry } from '#queue/event-queues.js';
import { connectRedis } from '#redis/redis.js';

const WATCH_MS = 1_000;

const restarts = new Counter({
  name: 'beckon_worker_restarts_total',
  help: 'Workers that stood still or ended by themselves and were started anew, by consumer',
  labelNames: ['consumer'],
});

/** A worker with the connection that is its own. */
interface Running {
  readonly worker: Worker<Envelope>;
  readonly redis: Redis;
  ended: boolean;
}

/**
 * Takes a consumer's jobs from Redis and hands them to it. A worker that has work and ends none of it for
 * WORKER_SILENCE_SECONDS, or that ends by itself, is replaced: what it held is seen as stalled and taken over.
 */
export class EventWorker<C extends Consumer> implements OnApplicationBootstrap {
  private readonly silence: Silence;
  private readonly watch: Loop;
  private running: Running | undefined;
  /** Jobs that this process has in hand, those of a replaced worker left out. */
  private inHand = new Set<Job<Envelope>>();

  constructor(
    private readonly config: Config,
    private readonly shutdown: Shutdown,
    private readonly queues: EventQueues,
    private readonly consumer: EventConsumer<C, unknown>,
  ) {
    const { name } = eventQueues[consumer.consumer];
    this.silence = new Silence(config.WORKER_SILENCE_SECONDS * 1_000);
    this.watch = new Loop({ name: `watch over ${name}`, step: () => this.look(), idleMs: WATCH_MS });
    shutdown.register('workers', name, () => Promise.all([this.watch.stop(), this.running?.worker.close()]));
    shutdown.register('redis', name, async () => this.running?.redis.disconnect());
  }

  onApplicationBootstrap(): void {
    restarts.inc({ consumer: this.consumer.consumer }, 0);
    beginOutcomes(this.consumer.consumer);
    this.running = this.run();
    this.watch.start();
  }

  private run(): Running {
    const { name, concurrency } = eventQueues[this.consumer.consumer];
    const redis = connectRedis(this.config.redisUrl, 'worker');
    const telemetry = queueTelemetry(this.config);
    const worker = new Worker<Envelope>(name, (job, token) => this.process(job, token), {
      connection: redis,
      prefix: queuePrefix(this.config, name),
      concurrency,
      lockDuration: JOB_LOCK_MS,
      stalledInterval: STALL_SCAN_MS,
      maxStalledCount: MAX_STALLED,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      autorun: false,
      ...(telemetry === undefined ? {} : { telemetry }),
    });
    worker.on('completed', (job) => void faultPoint('acknowledge', job.data));
    worker.on('error', (error) => logger.debug({ err: error, queue: name }, 'worker error'));
    worker.on('failed', (job, error) =>
      logger.warn(
        { err: error, queue: name, jobId: job?.id },
        'job failed; its events will be dispatched again',
      ),
    );
    const running = { worker, redis, ended: false };
    void worker
      .run()
      .catch((error: unknown) => logger.error({ err: error, queue: name }, 'worker failed'))
      .finally(() => (running.ended = true));
    return running;
  }

  private async process(job: Job<Envelope>, token: string | undefined): Promise<void> {
    const { inHand } = this;
    inHand.add(job);
    try {
      await this.consumer.process(job, token);
    } finally {
      // What a replaced worker ends says nothing of the present one.
      if (inHand.delete(job) && inHand === this.inHand) this.silence.broken(performance.now());
    }
  }

  private async look(): Promise<boolean> {
    if (this.shutdown.begun) return false;
    const waiting = await this.queues.countWaiting(this.consumer.consumer).catch(() => undefined);
    const hasWork = waiting === undefined ? undefined : waiting > 0 || this.inHand.size > 0;
    // It may have begun meanwhile, and closes only the worker that it found.
    if (this.shutdown.begun) return false;
    const silent = this.silence.observe(performance.now(), hasWork);
    if (this.running?.ended === true) this.replace('ended by itself');
    else if (silent) this.replace('has work and completes none');
    return false;
  }

  private replace(why: string): void {
    const old = this.running;
    const { consumer } = this.consumer;
    restarts.inc({ consumer });
    logger.error({ consumer, inHand: this.inHand.size }, `worker ${why}; started anew`);
    this.inHand = new Set();
    this.silence.broken(performance.now());
    this.running = this.run();
    // Not waited for: what hangs may never end, and what it still does is settled only once.
    void old?.worker
      .close(true)
      .catch((error: unknown) => logger.warn({ err: error, consumer }, 'the old worker did not close'))
      .finally(() => old.redis.disconnect());
  }
}
