import pg from 'pg';

import type { TestDatabase } from '#testkit/database.js';

/** Locks a table, so that whoever reads or writes it waits, until the answered function is called. */
export async function holdTable(database: TestDatabase, table: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return async () => {
    await client.query('COMMIT');
    await client.end();
  };
}
