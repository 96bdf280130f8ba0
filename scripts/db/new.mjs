import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../process/command.mjs';
import { openEngine } from './engine.mjs';
import { migrationsFolder, servicesWithSchema } from './migrations.mjs';
import { withMigratedScratchDatabase } from './scratch.mjs';

await command(async (signal) => {
  const [app, name] = process.argv.slice(2);
  if (!servicesWithSchema().includes(app) || !/^[a-z][a-z0-9_]*$/.test(name ?? '')) {
    throw new Error(`usage: npm run db:new -- <${servicesWithSchema().join('|')}> <name_in_snake_case>`);
  }
  const sql = await withMigratedScratchDatabase((url) => whatIsMissing(url, app), { only: app, signal });
  if (sql) console.log(`wrote ${write(app, name, sql)}`);
  else console.log(`${app}: the migrations already say what the schema says`);
});

async function whatIsMissing(databaseUrl, app) {
  const engine = await openEngine({ databaseUrl, app });
  try {
    return await engine.drift();
  } finally {
    await engine.close();
  }
}

function write(app, name, sql) {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(migrationsFolder(app), `${stamp}_${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'migration.sql'), sql);
  const lock = join(migrationsFolder(app), 'migration_lock.toml');
  if (!existsSync(lock)) writeFileSync(lock, 'provider = "postgresql"\n');
  return folder;
}
