import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beckonDir } from '../paths.mjs';
import { unlessAborted } from '../process/interrupt.mjs';
import { dropDatabase, ensureDatabase } from './databases.mjs';
import { migrate } from './migrate.mjs';

/**
 * Runs `work(databaseUrl)` on a database of its own that the migrations have made, and removes it: on the
 * server that the environment names, else on a private one that lives for this only.
 */
export async function withMigratedScratchDatabase(work, { only, signal }) {
  const server = await openServer(signal);
  const name = `scratch_${process.pid}`;
  try {
    await dropDatabase(server.url, name);
    const databaseUrl = await ensureDatabase(server.url, name);
    await unlessAborted(signal, migrate({ databaseUrl, only }));
    return await unlessAborted(signal, work(databaseUrl));
  } finally {
    await dropDatabase(server.url, name).catch(() => {});
    await server.close();
  }
}

async function openServer(signal) {
  const given = process.env.TEST_DATABASE_ADMIN_URL || process.env.DATABASE_URL;
  if (given) return { url: given, close: async () => {} };
  const { removePostgres, startPostgres } = await import('../infra/postgres.mjs');
  const dir = join(beckonDir, `scratch-${process.pid}`);
  mkdirSync(beckonDir, { recursive: true, mode: 0o700 });
  const { url, stop } = await startPostgres({ dir, fsync: false, signal });
  return {
    url,
    close: async () => {
      await stop();
      removePostgres(dir);
    },
  };
}
