import { randomBytes } from 'node:crypto';
import pg from 'pg';

import { fromTestRun } from '#testkit/environment.js';

/** A database of its own for a suite, cloned from the migrated template. */
export interface TestDatabase {
  readonly url: string;
  /** Any SQL, over all schemas: for recounts, never for making up state that the API could make. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

export async function cloneDatabase(): Promise<TestDatabase> {
  const adminUrl = fromTestRun('TEST_DATABASE_ADMIN_URL');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${fromTestRun('TEST_TEMPLATE_DATABASE')}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return openDatabase(url.href, () => asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

/** A database that is there already. @param remove what `drop` does beyond closing the connections */
export function openDatabase(url: string, remove: () => Promise<void>): TestDatabase {
  const pool = new pg.Pool({ connectionString: url, max: 2, options: '-c timezone=UTC' });
  pool.on('error', () => undefined);
  return {
    url,
    query: async (text, values) => (await pool.query(text, values)).rows as never,
    drop: async () => {
      await pool.end();
      await remove();
    },
  };
}

/** One statement on a connection of its own. */
export async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
