import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { readMigrations, readSchema } from './migrations.mjs';

const everything = { filters: { externalTables: [], externalEnums: [] } };
let wasm;

/** Prisma's schema engine (the one behind `prisma migrate`) as WebAssembly, on one service's schema. */
export async function openEngine({ databaseUrl, app }) {
  wasm ??= loadWasm();
  const { bindings, panic } = await wasm;
  const schema = readSchema(app);
  const pool = openPool(databaseUrl, app);
  const factory = bindMigrationAwareSqlAdapterFactory(adapterFactory(pool, app));
  const engine = await bindings.SchemaEngine.new(
    { datamodels: [['schema.prisma', schema]] },
    () => {},
    factory,
  );
  return {
    /** @returns the names of the migrations that were applied now */
    apply: async () => {
      const migrations = { migrationsList: readMigrations(app), ...everything };
      return (await Promise.race([engine.applyMigrations(migrations), panic])).appliedMigrationNames;
    },
    /** @returns the SQL that would make the database what schema.prisma says, or '' */
    drift: () => Promise.race([drift(engine, schema), panic]),
    close: async () => {
      engine.free();
      await pool.end();
    },
  };
}

async function drift(engine, schema) {
  const files = [{ path: 'schema.prisma', content: schema }];
  const result = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: process.cwd() },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    shadowDatabaseUrl: null,
    exitCode: true,
    ...everything,
  });
  return result.exitCode === 0 ? '' : (result.stdout ?? '');
}

async function loadWasm() {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const script = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  // A call in which the engine panics never settles.
  const panic = new Promise((_, reject) => {
    globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => reject(new Error(message)) };
  });
  panic.catch(() => {});
  const { instance } = await WebAssembly.instantiate(readFileSync(script.replace(/\.js$/, '.wasm')), {
    './schema_engine_bg.js': bindings,
  });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return { bindings, panic };
}

/**
 * `?schema=` in the URL is ignored here; without the search path the tables would land in `public`. One
 * connection, because the engine's advisory lock belongs to a session, and ending it is what gives it back.
 */
function openPool(databaseUrl, app) {
  const pool = new pg.Pool({ connectionString: databaseUrl, options: `-c search_path=${app}`, max: 1 });
  pool.on('error', () => {});
  return pool;
}

/** Without `schema` all services would share one _prisma_migrations, and only the first would be migrated. */
function adapterFactory(pool, app) {
  const factory = new PrismaPg(pool, { schema: app });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => runWholeScripts(readInternalChar(await connect()));
  return factory;
}

/** As the native engine does: the adapter's own way, a split at every `;`, breaks functions and comments. */
function runWholeScripts(adapter) {
  adapter.executeScript = async (script) => {
    await adapter
      .underlyingDriver()
      .query(script)
      .catch((error) => adapter.onError(error));
  };
  return adapter;
}

const internalChar = 18;
const bpchar = 1042;

/** The adapter does not know the type "char", and the engine wants these catalogue columns as characters. */
function readInternalChar(adapter) {
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  const columns = new WeakMap();
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    const found = result.fields.filter((field) => field.dataTypeID === internalChar);
    columns.set(
      query,
      found.map((field) => result.fields.indexOf(field)),
    );
    for (const field of found) field.dataTypeID = bpchar;
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of columns.get(query) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}
