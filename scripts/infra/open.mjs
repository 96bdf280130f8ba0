import { join } from 'node:path';
import { beckonDir } from '../paths.mjs';

/**
 * The database that this clone works on: DATABASE_URL, else `beckon` on the private PostgreSQL under .beckon/.
 * @returns {Promise<{url: string, isPrivate: boolean, adopted: boolean, stop(): Promise<void>}>}
 *   `adopted`: it was there before, so that who opened it for a moment leaves it running
 */
export async function openDatabase({ signal } = {}) {
  const { ensureDatabase, withClient } = await import('../db/databases.mjs');
  const given = process.env.DATABASE_URL;
  if (given) {
    await explained('DATABASE_URL', () => withClient(given, assertSupportedPostgres));
    return notOurs(given);
  }
  const { startPostgres } = await import('./postgres.mjs');
  const { url, adopted, stop } = await startPostgres({ dir: join(beckonDir, 'postgres'), signal });
  try {
    return { url: await ensureDatabase(url, 'beckon'), isPrivate: true, adopted, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** REDIS_URL, else the private Redis under .beckon/. */
export async function openRedis({ signal } = {}) {
  const given = process.env.REDIS_URL;
  if (given) {
    await explained('REDIS_URL', () => assertSupportedRedis(given));
    return notOurs(given);
  }
  const { startRedis } = await import('./redis.mjs');
  return { ...(await startRedis({ dir: join(beckonDir, 'redis'), signal })), isPrivate: true };
}

function notOurs(url) {
  return { url, isPrivate: false, adopted: true, stop: async () => {} };
}

async function assertSupportedPostgres(client) {
  const { rows } = await client.query('SHOW server_version');
  const version = rows[0].server_version;
  if (Number.parseInt(version, 10) < 14)
    throw new Error(`Beckon needs PostgreSQL 14 or later; this is ${version}`);
}

async function assertSupportedRedis(url) {
  const [{ Redis }, { assertSupportedVersion }] = await Promise.all([
    import('ioredis'),
    import('./redis-binary.mjs'),
  ]);
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    connectTimeout: 5000,
  });
  let failure;
  redis.on('error', (error) => (failure = error));
  try {
    await redis.connect();
    assertSupportedVersion(/redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? '0', 'this one');
  } catch (error) {
    throw failure ?? error;
  } finally {
    redis.disconnect();
  }
}

async function explained(variable, connect) {
  try {
    await connect();
  } catch (error) {
    throw new Error(`${variable} does not work: ${error.message || error.code}`, { cause: error });
  }
}
