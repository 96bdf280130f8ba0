import { withClient } from './databases.mjs';
import { migrationChecksums, servicesWithSchema } from './migrations.mjs';

/** Any number will do as long as every migrator takes the same ("beckon" on a telephone). */
const migrationLock = 232566;

/**
 * Brings each service's schema to its newest migration, as `prisma migrate deploy` would. Safe to run twice at
 * once. `urls` names services that live elsewhere than `databaseUrl`; `only` limits it to some services.
 * @returns {Promise<string[]>} what was applied, as `<app>/<migration>`
 */
export async function migrate({ databaseUrl, only, urls = {}, onWarning = () => {} }) {
  const apps = servicesWithSchema().filter((app) => !only || [only].flat().includes(app));
  const applied = [];
  for (const [url, appsThere] of groupByUrl(apps, urls, databaseUrl))
    applied.push(...(await migrateDatabase(url, appsThere, onWarning)));
  return applied;
}

async function migrateDatabase(databaseUrl, apps, onWarning) {
  return withClient(databaseUrl, async (client) => {
    if ((await findPending(client, apps, onWarning)).length === 0) return [];
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const applied = [];
    // Again, now that no other migrator is at work.
    for (const app of await findPending(client, apps, () => {})) {
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${client.escapeIdentifier(app)}`);
      applied.push(...(await applyTo(databaseUrl, app)).map((name) => `${app}/${name}`));
    }
    await client.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
    return applied;
  });
}

/** The services with a migration that is not there yet, found without the engine, which is slow to load. */
async function findPending(client, apps, onWarning) {
  const { rows: tables } = await client.query(
    `SELECT nspname FROM pg_namespace
      WHERE nspname = ANY($1) AND to_regclass(quote_ident(nspname) || '._prisma_migrations') IS NOT NULL`,
    [apps],
  );
  const known = tables.map(({ nspname }) => nspname);
  const { rows } =
    known.length === 0 ? { rows: [] } : await client.query(known.map(finishedMigrations).join(' UNION ALL '));
  const finished = new Map(
    rows.map(({ app, migration_name, checksum }) => [`${app}/${migration_name}`, checksum]),
  );
  return apps.filter((app) => {
    const migrations = migrationChecksums(app);
    for (const { name, checksum } of migrations) {
      const before = finished.get(`${app}/${name}`);
      if (before && before !== checksum)
        onWarning(`migration ${app}/${name} was changed after it had been applied`);
    }
    return !known.includes(app) || migrations.some(({ name }) => !finished.has(`${app}/${name}`));
  });
}

function finishedMigrations(app) {
  return `SELECT '${app}' AS app, migration_name, checksum FROM "${app}"._prisma_migrations
           WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
}

async function applyTo(databaseUrl, app) {
  const { openEngine } = await import('./engine.mjs');
  const engine = await openEngine({ databaseUrl, app });
  try {
    return await engine.apply();
  } catch (error) {
    throw new Error(`migrating ${app}: ${error.message}`, { cause: error });
  } finally {
    await engine.close();
  }
}

function groupByUrl(apps, urls, databaseUrl) {
  const groups = new Map();
  for (const app of apps) {
    const url = urls[app] ?? databaseUrl;
    groups.set(url, [...(groups.get(url) ?? []), app]);
  }
  return groups;
}
