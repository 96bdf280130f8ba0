import { Injectable } from '@nestjs/common';
import { type Context, SpanKind } from '@opentelemetry/api';
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';

import { Config } from '#config/config.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { logger } from '#logging/logger.js';
import { EventQueues } from '#queue/event-queues.js';
import { connectRedis } from '#redis/redis.js';
import { contextOf, currentTraceparent, inSpan } from '#tracing/spans.js';

import type { Hint } from '../inbox/inbox.writer.js';

const CHANNELS = 64;

const Hints = z.array(z.tuple([z.string(), z.number()]));
/** Hints of what is traced say by which trace they were caused; the others are the bare list. */
const Message = z.union([
  Hints.transform((hints) => ({ hints, traceparent: undefined })),
  z.object({ hints: Hints, traceparent: z.string() }),
]);

/** The channel of a recipient's hints; sharded pub/sub spreads the channels over a Redis Cluster. */
function channelOf(prefix: string, recipientId: string): string {
  const shard = createHash('sha1').update(recipientId).digest().readUInt32BE(0) % CHANNELS;
  return `${prefix}:hints:${shard}`;
}

/** Tells the processes that hold streams which inboxes changed. A hint that is lost costs seconds, nothing else. */
@Injectable()
export class HintPublisher {
  constructor(
    private readonly config: Config,
    private readonly queues: EventQueues,
  ) {}

  publish(hints: readonly Hint[]): void {
    if (hints.length === 0) return;
    const attributes = { 'beckon.hints': hints.length };
    void inSpan('publish hints', { kind: SpanKind.PRODUCER, attributes }, (span) =>
      this.send(hints, span.isRecording() ? currentTraceparent() : undefined),
    );
  }

  private async send(hints: readonly Hint[], traceparent: string | undefined): Promise<void> {
    const byChannel = new Map<string, [string, number][]>();
    for (const { recipientId, seq } of hints) {
      const channel = channelOf(this.config.REDIS_PREFIX, recipientId);
      const batch = byChannel.get(channel) ?? [];
      batch.push([recipientId, seq]);
      byChannel.set(channel, batch);
    }
    await Promise.all(
      [...byChannel].map(([channel, batch]) =>
        this.queues.redis
          .spublish(
            channel,
            JSON.stringify(traceparent === undefined ? batch : { hints: batch, traceparent }),
          )
          .catch((error: unknown) => logger.debug({ err: error }, 'hint lost')),
      ),
    );
  }
}

/** Listens for the hints of those recipients whose streams are here. */
@Injectable()
export class HintSubscriber {
  private readonly redis: Redis;
  private readonly listeners = new Map<string, number>();

  constructor(
    private readonly config: Config,
    shutdown: Shutdown,
  ) {
    this.redis = connectRedis(config.redisUrl, 'subscriber');
    shutdown.register('redis', 'hints', async () => this.redis.disconnect());
  }

  /** Calls `wake` with each recipient that a hint names and the trace that it is of; some have no stream here. */
  onHint(wake: (recipientId: string, trace: Context) => void): void {
    this.redis.on('smessage', (_channel: string, message: string) => {
      const { hints, traceparent } = readMessage(message);
      const trace = contextOf(traceparent);
      for (const [recipientId] of hints) wake(recipientId, trace);
    });
  }

  listen(recipientId: string): void {
    const channel = channelOf(this.config.REDIS_PREFIX, recipientId);
    const count = this.listeners.get(channel) ?? 0;
    this.listeners.set(channel, count + 1);
    if (count === 0) this.redis.ssubscribe(channel).catch(ignore);
  }

  unlisten(recipientId: string): void {
    const channel = channelOf(this.config.REDIS_PREFIX, recipientId);
    const count = this.listeners.get(channel) ?? 0;
    if (count > 1) this.listeners.set(channel, count - 1);
    else {
      this.listeners.delete(channel);
      this.redis.sunsubscribe(channel).catch(ignore);
    }
  }
}

/** What is no hint is nobody's: whatever is published on a channel must not end the process. */
function readMessage(message: string): z.output<typeof Message> {
  try {
    return Message.parse(JSON.parse(message));
  } catch (error) {
    logger.warn({ err: error }, 'a hint could not be read');
    return { hints: [], traceparent: undefined };
  }
}

/** Without Redis the comparison every few seconds finds what changed. */
function ignore(error: unknown): void {
  logger.debug({ err: error }, 'hint subscription failed');
}
