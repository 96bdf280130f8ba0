// A private server for as long as this process lives: `node run-server.mjs redis|postgres <dir> <port>`. Prints its
// URL and its process id. A PostgreSQL has a migrated database `beckon`, keeps what it acknowledged through a crash,
// unlike the one of the test run, and leaves nothing when it is stopped.
const [kind, dir, port] = process.argv.slice(2);
const server = kind === 'redis' ? await redis() : await postgres();
process.stdout.write(`${server.url}\n${server.pid}\n`);
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);

async function redis() {
  const { startRedis } = await import('../../../scripts/infra/redis.mjs');
  return startRedis({ dir, port: Number(port) });
}

async function postgres() {
  const { removePostgres, startPostgres } = await import('../../../scripts/infra/postgres.mjs');
  const { ensureDatabase } = await import('../../../scripts/db/databases.mjs');
  const { migrate } = await import('../../../scripts/db/migrate.mjs');
  const started = await startPostgres({ dir, port: Number(port), maxConnections: 100 });
  const url = await ensureDatabase(started.url, 'beckon');
  await migrate({ databaseUrl: url });
  const stop = async () => {
    await started.stop();
    removePostgres(dir);
  };
  return { url, pid: started.pid, stop };
}
