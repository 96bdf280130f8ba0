import { Injectable } from '@nestjs/common';
import { type BulkJobOptions, Queue, type Telemetry } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import { randomUUID } from 'node:crypto';
import { Gauge } from 'prom-client';
import type { Redis } from 'ioredis';

import { Config } from '#config/config.js';
import { type Consumer, consumers } from '#contracts/catalogue.js';
import { eventQueues } from '#contracts/queues.js';
import { Probes } from '#lifecycle/probes.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { connectRedis } from '#redis/redis.js';
import { traceparentOf } from '#tracing/event-spans.js';

/** What travels in a job. */
export interface Envelope {
  readonly events: readonly unknown[];
  /** A single event that was dispatched or failed before: its attempts are counted before it is tried. */
  readonly suspect?: boolean;
  /** How often an outage delayed the job; those starts count for nothing. */
  readonly delays?: number;
  /** Of a single event: how many attempts were made before the one that an outage of PostgreSQL cut short. */
  readonly spent?: number;
}

export interface EnvelopeJob {
  readonly envelope: Envelope;
  /** Set for single events, so that adding one twice is one job. */
  readonly jobId?: string;
}

export interface QueueState {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly oldestAgeSeconds: number;
}

const depth = new Gauge({
  name: 'beckon_queue_jobs',
  help: 'Jobs in Redis by queue and state',
  labelNames: ['queue', 'state'],
});
const oldest = new Gauge({
  name: 'beckon_queue_oldest_job_age_seconds',
  help: 'Age of the job that is taken next, since it was made; 0 when none waits',
  labelNames: ['queue'],
});

const RECENT_MS = 1_000;

/** Redis keeps no history: what is done is recorded in the consumer's PostgreSQL. */
const KEEP_NOTHING: BulkJobOptions = { removeOnComplete: true, removeOnFail: true };

/** The producer side of the event queues, on one connection. */
@Injectable()
export class EventQueues {
  readonly redis: Redis;
  private readonly queues = new Map<Consumer, Queue<Envelope>>();
  private lastEpoch = { value: '', readAt: -Infinity };
  private readonly telemetry: Telemetry | undefined;

  constructor(
    private readonly config: Config,
    shutdown: Shutdown,
    probes: Probes,
  ) {
    this.redis = connectRedis(config.redisUrl, 'producer');
    this.telemetry = queueTelemetry(config);
    probes.watch({ name: 'redis', required: false, check: () => this.redis.ping() });
    probes.gauge(() => this.observe());
    shutdown.register('queues', 'producers', () =>
      Promise.all([...this.queues.values()].map((queue) => queue.close())),
    );
    shutdown.register('redis', 'producers', async () => this.redis.disconnect());
  }

  /**
   * Adds jobs to a consumer's queue in one round trip. At most 500.
   * @returns the id of the last
   * @throws when Redis is away
   */
  async add(consumer: Consumer, jobs: readonly EnvelopeJob[]): Promise<string | undefined> {
    const added = await this.queue(consumer).addBulk(
      jobs.map(({ envelope, jobId }) => ({
        name: 'events',
        data: envelope,
        opts: {
          ...KEEP_NOTHING,
          ...this.placeInTrace(envelope),
          ...(jobId === undefined ? {} : { jobId }),
        },
      })),
    );
    return added.at(-1)?.id;
  }

  /** Whether a job still waits for somebody to take it. @throws when Redis is away */
  async isWaiting(consumer: Consumer, jobId: string): Promise<boolean> {
    return (await this.redis.lpos(this.queue(consumer).toKey('wait'), jobId)) !== null;
  }

  /**
   * The identity of Redis's present contents: a random key that vanishes with everything else.
   * What was dispatched under another epoch is lost. @throws when Redis is away
   */
  async epoch(): Promise<string> {
    const value = await this.readEpoch();
    this.lastEpoch = { value, readAt: performance.now() };
    return value;
  }

  /**
   * The epoch as it was read within the last second. Good for stamping: an epoch that is too old only makes the
   * sweep dispatch again what may not be lost.
   */
  async recentEpoch(): Promise<string> {
    const { value, readAt } = this.lastEpoch;
    return performance.now() - readAt < RECENT_MS ? value : this.epoch();
  }

  private async readEpoch(): Promise<string> {
    const key = `${this.config.REDIS_PREFIX}:epoch`;
    const known = await this.redis.get(key);
    if (known !== null) return known;
    const fresh = randomUUID();
    const set = await this.redis.set(key, fresh, 'NX');
    return set === 'OK' ? fresh : ((await this.redis.get(key)) ?? fresh);
  }

  /** The id of the job that will be taken last of those that wait, if any does. @throws when Redis is away */
  async newestWaiting(consumer: Consumer): Promise<string | undefined> {
    return (await this.redis.lindex(this.queue(consumer).toKey('wait'), 0)) ?? undefined;
  }

  /** Jobs that wait for somebody to take them. @throws when Redis is away */
  countWaiting(consumer: Consumer): Promise<number> {
    return this.redis.llen(this.queue(consumer).toKey('wait'));
  }

  /**
   * Jobs by state, and the age of the one that is taken next, in seconds since it was made; 0 when none waits.
   * @throws when Redis is away
   */
  async describe(consumer: Consumer): Promise<QueueState> {
    const queue = this.queue(consumer);
    const { waiting = 0, active = 0, delayed = 0 } = await queue.getJobCounts('waiting', 'active', 'delayed');
    return { waiting, active, delayed, oldestAgeSeconds: await this.oldestAgeSeconds(queue) };
  }

  /** Only this is asked for: jobs are large, and may be anything. */
  private async oldestAgeSeconds(queue: Queue<Envelope>): Promise<number> {
    const next = await this.redis.lindex(queue.toKey('wait'), -1);
    const madeAt = next === null ? 0 : Number(await this.redis.hget(queue.toKey(next), 'timestamp'));
    return madeAt > 0 ? Math.max(0, (Date.now() - madeAt) / 1000) : 0;
  }

  /** A job is part of the trace of its first event; spans of the others link to it. */
  private placeInTrace({ events }: Envelope): Pick<BulkJobOptions, 'telemetry'> {
    if (this.telemetry === undefined) return {};
    const traceparent = traceparentOf(events[0]);
    return {
      telemetry:
        traceparent === undefined ? { omitContext: true } : { metadata: JSON.stringify({ traceparent }) },
    };
  }

  private async observe(): Promise<void> {
    for (const consumer of consumers) {
      const { name } = eventQueues[consumer];
      const { oldestAgeSeconds, ...jobs } = await this.describe(consumer);
      for (const [state, count] of Object.entries(jobs)) depth.set({ queue: name, state }, count);
      oldest.set({ queue: name }, oldestAgeSeconds);
    }
  }

  private queue(consumer: Consumer): Queue<Envelope> {
    let queue = this.queues.get(consumer);
    if (queue === undefined) {
      const { name } = eventQueues[consumer];
      queue = new Queue<Envelope>(name, {
        connection: this.redis,
        prefix: queuePrefix(this.config, name),
        skipMetasUpdate: true,
        // BullMQ asks Redis for its version once and keeps the outcome for good: a failure would outlive the outage,
        // and a wait for the connection ends only with it. Commands tell by themselves that Redis is away.
        skipVersionCheck: true,
        skipWaitingForReady: true,
        ...(this.telemetry === undefined ? {} : { telemetry: this.telemetry }),
      });
      // Reported by the connection itself; without a listener it would end the process.
      queue.on('error', () => undefined);
      this.queues.set(consumer, queue);
    }
    return queue;
  }
}

/** Makes BullMQ trace what it does with jobs; undefined when nothing is to be traced. */
export function queueTelemetry(config: Config): Telemetry | undefined {
  return config.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
    ? undefined
    : new BullMQOtel({ tracerName: 'bullmq' });
}

/** Hash-tagged, so that the keys of one queue share a slot of a Redis Cluster and the queues spread over it. */
export function queuePrefix(config: Config, name: string): string {
  return `{${config.REDIS_PREFIX}:${name}}`;
}
