import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, services } from '../paths.mjs';

export const schemaFile = (app) => join(root, 'prisma', app, 'schema.prisma');
export const migrationsFolder = (app) => join(root, 'prisma', app, 'migrations');
export const readSchema = (app) => readFileSync(schemaFile(app), 'utf8');

/** The services that have a schema, in the order in which they are migrated. */
export const servicesWithSchema = () => services.filter((app) => existsSync(schemaFile(app)));

/** A service's migrations as Prisma's engine takes them, oldest first. */
export function readMigrations(app) {
  const baseDir = migrationsFolder(app);
  const lockfile = join(baseDir, 'migration_lock.toml');
  const directories = existsSync(baseDir) ? readdirSync(baseDir, { withFileTypes: true }) : [];
  return {
    baseDir,
    shadowDbInitScript: '',
    lockfile: {
      path: 'migration_lock.toml',
      content: existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : null,
    },
    migrationDirectories: directories
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
      .map((path) => ({
        path,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: readSql(baseDir, path) } },
      })),
  };
}

/** Name and checksum of each migration, as _prisma_migrations holds them. */
export function migrationChecksums(app) {
  return readMigrations(app).migrationDirectories.map(({ path, migrationFile }) => ({
    name: path,
    checksum: createHash('sha256').update(migrationFile.content.value).digest('hex'),
  }));
}

function readSql(baseDir, name) {
  return readFileSync(join(baseDir, name, 'migration.sql'), 'utf8');
}
