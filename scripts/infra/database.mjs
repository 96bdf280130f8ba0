import { join } from 'node:path';
import { beckonDir } from '../paths.mjs';

export const postgresDir = join(beckonDir, 'postgres');

/**
 * The database that this clone works on: DATABASE_URL, else `beckon` on the private PostgreSQL under .beckon/.
 * @returns {Promise<{url: string, isPrivate: boolean, adopted: boolean, stop(): Promise<void>}>}
 *   `adopted`: it was there before, so that who opened it for a moment leaves it running
 */
export async function openDatabase({ signal } = {}) {
  const given = process.env.DATABASE_URL;
  if (given) return { url: given, isPrivate: false, adopted: true, stop: async () => {} };
  const [{ startPostgres }, { ensureDatabase }] = await Promise.all([
    import('./postgres.mjs'),
    import('../db/databases.mjs'),
  ]);
  const { url, adopted, stop } = await startPostgres({ dir: postgresDir, signal });
  try {
    return { url: await ensureDatabase(url, 'beckon'), isPrivate: true, adopted, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
