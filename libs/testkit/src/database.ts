import { randomBytes } from 'node:crypto';
import pg from 'pg';

import { type Service, services } from '#config/config.js';
import { fromTestRun } from '#testkit/environment.js';

/** A database of its own for a suite, cloned from the migrated template. */
export interface TestDatabase {
  /** As its owner, for the suites' own SQL and for migrations. */
  readonly url: string;
  /** As the role of a service, which is how apps connect. */
  urlOf(service: Service): string;
  /**
   * Any SQL, over all schemas: for recounts, never for making up state that the API could make.
   * @param name of a statement that is long and often made: PostgreSQL parses it once, and may keep its plan
   */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[], name?: string): Promise<Row[]>;
  drop(): Promise<void>;
}

export async function cloneDatabase(): Promise<TestDatabase> {
  const adminUrl = fromTestRun('TEST_DATABASE_ADMIN_URL');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${fromTestRun('TEST_TEMPLATE_DATABASE')}`);
  // Grants inside a database are cloned with it, those on the database itself are not.
  await asAdmin(adminUrl, `REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const drop = () => asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  return openDatabase(url.href, drop, (service) => asRole(url, service));
}

/**
 * A database that is there already.
 * @param remove what `drop` does beyond closing the connections
 * @param urlOf as whom apps connect; as the owner where the server has no roles for them
 */
export function openDatabase(
  url: string,
  remove: () => Promise<void>,
  urlOf: TestDatabase['urlOf'] = () => url,
): TestDatabase {
  const pool = new pg.Pool({ connectionString: url, max: 2, options: '-c timezone=UTC' });
  pool.on('error', () => undefined);
  return {
    url,
    urlOf,
    query: async (text, values, name) => (await pool.query({ text, values, name })).rows as never,
    drop: async () => {
      await pool.end();
      await remove();
    },
  };
}

/**
 * Environment by which apps reach each service's schema as that service's role.
 * @param port where PostgreSQL is reached, if not directly: that of a proxy
 */
export function databaseEnvironment(database: TestDatabase, port?: number): Record<string, string> {
  return Object.fromEntries(
    services.map((service) => {
      const url = new URL(database.urlOf(service));
      if (port !== undefined) url.port = String(port);
      return [`${service.toUpperCase()}_DATABASE_URL`, url.href];
    }),
  );
}

/** A service's role of this test run; on its server scripts/test/infra.mjs has made them. */
export function asRole(url: URL, service: Service): string {
  const own = new URL(url);
  own.username = `beckon_test_${service}`;
  own.password = fromTestRun('TEST_DATABASE_ROLE_PASSWORD');
  return own.href;
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
