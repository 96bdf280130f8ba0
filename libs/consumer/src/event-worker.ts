import type { OnApplicationBootstrap } from '@nestjs/common';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';

import type { Config } from '#config/config.js';
import type { EventConsumer } from '#consumer/event-consumer.js';
import type { Consumer } from '#contracts/catalogue.js';
import { eventQueues, JOB_LOCK_MS, MAX_STALLED, STALL_SCAN_MS } from '#contracts/queues.js';
import { faultPoint } from '#faults/fault-point.js';
import type { Shutdown } from '#lifecycle/shutdown.js';
import { logger } from '#logging/logger.js';
import { type Envelope, queuePrefix } from '#queue/event-queues.js';
import { connectRedis } from '#redis/redis.js';

/** Takes a consumer's jobs from Redis and hands them to it. */
export class EventWorker<C extends Consumer> implements OnApplicationBootstrap {
  private readonly redis: Redis;
  private readonly worker: Worker<Envelope>;

  constructor(config: Config, shutdown: Shutdown, consumer: EventConsumer<C, unknown>) {
    const queue = eventQueues[consumer.consumer];
    this.redis = connectRedis(config.REDIS_URL, 'worker');
    this.worker = new Worker<Envelope>(queue.name, (job, token) => consumer.process(job, token), {
      connection: this.redis,
      prefix: queuePrefix(config, queue.name),
      concurrency: queue.concurrency,
      lockDuration: JOB_LOCK_MS,
      stalledInterval: STALL_SCAN_MS,
      maxStalledCount: MAX_STALLED,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      autorun: false,
    });
    this.worker.on('completed', (job) => void faultPoint('acknowledge', job.data));
    this.worker.on('error', (error) => logger.debug({ err: error, queue: queue.name }, 'worker error'));
    this.worker.on('failed', (job, error) =>
      logger.warn(
        { err: error, queue: queue.name, jobId: job?.id },
        'job failed; its events will be dispatched again',
      ),
    );
    shutdown.register('workers', queue.name, () => this.worker.close());
    shutdown.register('redis', queue.name, async () => this.redis.disconnect());
  }

  onApplicationBootstrap(): void {
    // Runs until it is closed; its errors arrive as events.
    void this.worker.run().catch((error: unknown) => logger.error({ err: error }, 'worker ended'));
  }
}
