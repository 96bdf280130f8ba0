import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

import { asAdmin, asRole, databaseEnvironment, openDatabase, type TestDatabase } from '#testkit/database.js';
import { fromTestRun } from '#testkit/environment.js';

const NAME = 'beckon';

/** Debian's PostgreSQL 15 for a suite of its own, with a migrated database and the services' roles. */
export class OwnPostgres15 {
  private constructor(
    private readonly adminUrl: string,
    /** Dropping it ends the server. */
    readonly database: TestDatabase,
  ) {}

  static async start(): Promise<OwnPostgres15> {
    const dir = join(mkdtempSync(join(fromTestRun('TEST_DIR'), 'postgres-15-')), 'server');
    const runner = spawn(process.execPath, ['libs/testkit/src/run-postgres-15.mjs', dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(runner, 'exit');
    let adminUrl = '';
    runner.stdout.on('data', (chunk: Buffer) => (adminUrl += chunk.toString()));
    while (!adminUrl.endsWith('\n')) {
      await Promise.race([
        once(runner.stdout, 'data'),
        ended.then(() => Promise.reject(new Error('PostgreSQL 15 did not start'))),
      ]);
    }
    const url = new URL(adminUrl.trim());
    url.pathname = `/${NAME}`;
    const stop = async () => {
      runner.kill('SIGTERM');
      await ended;
    };
    const postgres = new OwnPostgres15(
      adminUrl.trim(),
      openDatabase(url.href, stop, (service) => asRole(url, service)),
    );
    await postgres.lose();
    postgres.migrate();
    return postgres;
  }

  /** As when the disk is lost and another one has been put in: the database is there, and empty. */
  async lose(): Promise<void> {
    await asAdmin(this.adminUrl, `DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`);
    await asAdmin(this.adminUrl, `CREATE DATABASE ${NAME}`);
  }

  private migrate(): void {
    const env = {
      ...process.env,
      ...databaseEnvironment(this.database),
      DATABASE_URL: this.database.url,
    };
    for (const script of ['migrate-command', 'roles-command']) {
      const { status, stderr } = spawnSync(process.execPath, [`scripts/db/${script}.mjs`], {
        env,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
    }
  }
}
