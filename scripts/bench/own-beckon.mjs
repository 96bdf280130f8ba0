import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDatabase } from '../db/databases.mjs';
import { migrate } from '../db/migrate.mjs';
import { removePostgres, startPostgres } from '../infra/postgres.mjs';
import { startRedis } from '../infra/redis.mjs';
import { appEntry, beckonDir } from '../paths.mjs';
import { freePort } from '../process/ports.mjs';
import { lastLines, spawnServer, stopServer, untilReady } from '../process/server.mjs';
import { databaseEnvironment } from '../start/roles.mjs';
import { developmentSecrets } from '../start/secrets.mjs';

const shutdown = [
  ['SIGTERM', 12_000],
  ['SIGKILL', 5_000],
];

/** The all-in-one process on a fresh PostgreSQL and Redis; `close` leaves nothing. */
export async function openBench({ signal }) {
  // A name by which the tests find and remove what a killed run has left.
  const dir = join(beckonDir, `scratch-${process.pid}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const stops = [];
  const close = async () => {
    for (const stop of stops.reverse()) await stop();
    removePostgres(join(dir, 'postgres'));
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const postgres = await startPostgres({ dir: join(dir, 'postgres'), signal });
    stops.push(postgres.stop);
    const redis = await startRedis({ dir: join(dir, 'redis'), signal });
    stops.push(redis.stop);
    const database = await ensureDatabase(postgres.url, 'beckon');
    await migrate({ databaseUrl: database });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const logFile = join(dir, 'beckon.log');
    const env = {
      BECKON_ENV: 'development',
      ...developmentSecrets(),
      PORT: String(port),
      GRPC_PORT: '0',
      ...(await databaseEnvironment({ url: database, isPrivate: true }, {})),
      REDIS_URL: redis.url,
    };
    const { pid } = spawnServer(process.execPath, ['--enable-source-maps', appEntry], { env, logFile });
    stops.push(() => stopServer(pid, shutdown));
    const isReady = async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok;
    if (!(await untilReady(pid, isReady, { timeoutMs: 60_000, signal })))
      throw new Error(`Beckon did not start. Its log ends:\n${lastLines(logFile)}`);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
