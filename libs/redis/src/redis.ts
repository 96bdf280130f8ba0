import { Redis, type RedisOptions } from 'ioredis';

import { logger } from '#logging/logger.js';

/** Upper bound of the reconnect back-off, so that work resumes within seconds of Redis's return. */
const MAX_RECONNECT_DELAY_MS = 2_000;
const COMMAND_TIMEOUT_MS = 2_000;
/** A connection that says nothing for this long is probed, so that whoever is between does not drop it unnoticed. */
const KEEP_ALIVE_MS = 30_000;

const roles = {
  /** Adds jobs and publishes: fails at once when Redis is away, for the outbox holds the work. */
  producer: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: COMMAND_TIMEOUT_MS },
  /** BullMQ workers block on Redis and must wait for as long as it is away. */
  worker: { maxRetriesPerRequest: null },
  /** Re-subscribes by itself after a reconnect. */
  subscriber: { maxRetriesPerRequest: null, autoResubscribe: true },
} satisfies Record<string, RedisOptions>;

export type RedisRole = keyof typeof roles;

/** Opens a connection for one role; it reconnects for ever, with back-off and jitter. */
export function connectRedis(url: string, role: RedisRole): Redis {
  const redis = new Redis(url, {
    ...roles[role],
    connectTimeout: 2_000,
    keepAlive: KEEP_ALIVE_MS,
    retryStrategy: (times) =>
      Math.min(50 * 2 ** Math.min(times, 6), MAX_RECONNECT_DELAY_MS) * (0.5 + Math.random() / 2),
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) logger.warn({ err: error, role }, 'Redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info({ role }, 'Redis is back');
    away = false;
  });
  return redis;
}
