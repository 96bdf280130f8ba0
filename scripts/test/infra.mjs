import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beckonDir, services } from '../paths.mjs';
import { commandLine, isAlive } from '../process/identity.mjs';
import { processesMentioning } from '../process/leftovers.mjs';
import { step } from '../process/progress.mjs';

const template = 'beckon_template';
/** Not the names that a Beckon uses, for the server may be the developer's own. */
const roleOf = (app) => `beckon_test_${app}`;

/**
 * A PostgreSQL with a migrated template database and a Redis, for this run only; TEST_DATABASE_ADMIN_URL and
 * TEST_REDIS_URL, if set, name others to use. `env` tells the suites where they are, `close` leaves nothing.
 */
export async function openTestInfra({ signal }) {
  await removeRemains();
  const dir = join(beckonDir, `test-${process.pid}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const servers = [];
  const close = () => closeAll(servers, dir);
  try {
    const admin =
      process.env.TEST_DATABASE_ADMIN_URL ||
      (await step('PostgreSQL', () => postgres(dir, servers, signal))).url;
    const redis =
      process.env.TEST_REDIS_URL || (await step('Redis', () => redisServer(dir, servers, signal))).url;
    const password = randomBytes(18).toString('base64url');
    await step('Template database', () => makeTemplate(admin, password));
    signal.throwIfAborted();
    return { env: environment({ admin, password, redis, dir }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function postgres(dir, servers, signal) {
  const { startPostgres } = await import('../infra/postgres.mjs');
  const server = await startPostgres({
    dir: join(dir, 'postgres'),
    fsync: false,
    maxConnections: 400,
    signal,
  });
  servers.push(server);
  return server;
}

async function redisServer(dir, servers, signal) {
  const { startRedis } = await import('../infra/redis.mjs');
  const server = await startRedis({ dir: join(dir, 'redis'), signal });
  servers.push(server);
  return server;
}

async function makeTemplate(adminUrl, password) {
  const { dropDatabase, ensureDatabase, withClient } = await import('../db/databases.mjs');
  const { migrate } = await import('../db/migrate.mjs');
  const { asRole, ensureRoles } = await import('../db/roles.mjs');
  await withClient(adminUrl, (client) =>
    client.query(`UPDATE pg_database SET datistemplate = false WHERE datname = $1`, [template]),
  );
  await dropDatabase(adminUrl, template);
  const databaseUrl = await ensureDatabase(adminUrl, template);
  await migrate({ databaseUrl });
  const byService = (urlOf) => Object.fromEntries(services.map((app) => [app, urlOf(app)]));
  await ensureRoles({
    ownerUrls: byService(() => databaseUrl),
    roleUrls: byService((app) => asRole(databaseUrl, roleOf(app), password)),
    // Suites connect thousands of times.
    iterations: 1,
  });
  // A database that somebody is connected to cannot be cloned.
  await withClient(adminUrl, (client) =>
    client.query(`ALTER DATABASE ${template} IS_TEMPLATE true ALLOW_CONNECTIONS false`),
  );
}

function environment({ admin, password, redis, dir }) {
  return {
    NODE_ENV: 'test',
    TEST_DATABASE_ADMIN_URL: admin,
    TEST_TEMPLATE_DATABASE: template,
    TEST_DATABASE_ROLE_PASSWORD: password,
    TEST_REDIS_URL: redis,
    TEST_INFRA: beckonDir,
    TEST_DIR: dir,
    // What the developer has set for npm start is no business of the tests.
    ...Object.fromEntries(services.map((app) => [`${app.toUpperCase()}_DATABASE_URL`, undefined])),
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
    PORT: undefined,
  };
}

async function closeAll(servers, dir) {
  for (const server of servers.reverse()) await server.stop();
  endLeftovers(dir);
  await removeRunFolder(dir);
}

function endLeftovers(dir) {
  for (const pid of processesMentioning(dir)) {
    console.error(`left running by the tests, ended now: ${commandLine(pid).slice(0, 200)}`);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

async function removeRunFolder(dir) {
  const { removePostgres } = await import('../infra/postgres.mjs');
  removePostgres(join(dir, 'postgres'));
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** What runs that were killed have left. */
async function removeRemains() {
  const runs = existsSync(beckonDir)
    ? readdirSync(beckonDir).filter((name) => /^(test|scratch)-\d+$/.test(name))
    : [];
  for (const name of runs) {
    const owner = Number(name.split('-')[1]);
    if (isAlive(owner) && owner !== process.pid && /scripts\//.test(commandLine(owner))) continue;
    endLeftovers(join(beckonDir, name));
    await removeRunFolder(join(beckonDir, name));
  }
}
