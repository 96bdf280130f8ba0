import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from './engine.mjs';
import { migrationsFolder, servicesWithSchema } from './migrations.mjs';
import { withMigratedScratchDatabase } from './scratch.mjs';

const [app, name] = process.argv.slice(2);
if (!servicesWithSchema().includes(app) || !/^[a-z][a-z0-9_]*$/.test(name ?? '')) {
  console.error(`usage: npm run db:new -- <${servicesWithSchema().join('|')}> <name_in_snake_case>`);
  process.exit(2);
}

const sql = await withMigratedScratchDatabase(
  async (databaseUrl) => {
    const engine = await openEngine({ databaseUrl, app });
    try {
      return await engine.drift();
    } finally {
      await engine.close();
    }
  },
  { only: app },
);

if (sql) console.log(`wrote ${write(sql)}`);
else console.log(`${app}: the migrations already say what the schema says`);

// The engine leaves a timer behind that would keep the process for ten seconds.
process.exit();

function write(script) {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(migrationsFolder(app), `${stamp}_${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'migration.sql'), script);
  const lock = join(migrationsFolder(app), 'migration_lock.toml');
  if (!existsSync(lock)) writeFileSync(lock, 'provider = "postgresql"\n');
  return folder;
}
