import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { databaseEnvironment, type TestDatabase } from '#testkit/database.js';
import { fromTestRun } from '#testkit/environment.js';

/** A folder like a clone's, with a `.beckon` of its own, so that what a developer runs here is left alone. */
export function makeClone(name: string): string {
  const clone = join(fromTestRun('TEST_DIR'), name);
  mkdirSync(clone);
  for (const entry of readdirSync('.'))
    if (entry === 'scripts') cpSync(entry, join(clone, entry), { recursive: true });
    else if (!['.git', '.beckon'].includes(entry)) symlinkSync(resolve(entry), join(clone, entry));
  return clone;
}

/** What `npm start` is told in a clone, to use the servers of this run. */
export function startEnvironment(database: TestDatabase, port: number): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    ...databaseEnvironment(database),
    DATABASE_URL: database.url,
    REDIS_URL: fromTestRun('TEST_REDIS_URL'),
    REDIS_PREFIX: `start${port}`,
    PORT: String(port),
  };
}
