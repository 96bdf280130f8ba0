import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDatabase } from '../db/databases.mjs';
import { asRole, roleOf } from '../db/roles.mjs';
import { urlVariable } from '../db/urls.mjs';
import { removePostgres, startPostgres } from '../infra/postgres.mjs';
import { startRedis } from '../infra/redis.mjs';
import { services } from '../paths.mjs';
import { freePort } from '../process/ports.mjs';
import { step } from '../process/progress.mjs';
import { run } from '../process/run.mjs';
import { lastLines, spawnServer, stopServer, untilReady } from '../process/server.mjs';

/** What the migrate job of docker-compose.yml runs. */
const MIGRATE = 'node scripts/db/migrate-command.mjs && node scripts/db/roles-command.mjs';

/** What docs/run-with-docker.md runs in the gateway's container. */
const SMOKE = ['scripts/smoke.mjs'];

/**
 * Runs the migrate job and the image's command on private servers, until its health check says that it is healthy, and
 * walks through it with what the image has.
 */
export async function tryImage({ folder, env: own, health, command }, { signal }) {
  const dir = mkdtempSync(join(tmpdir(), 'beckon-docker-servers-'));
  const started = [];
  const stop = (close) => started.unshift(close);
  try {
    const postgres = await startPostgres({ dir: join(dir, 'postgres'), fsync: false, signal });
    stop(async () => {
      await postgres.stop();
      removePostgres(join(dir, 'postgres'));
    });
    const redis = await startRedis({ dir: join(dir, 'redis'), signal });
    stop(() => redis.stop());
    const secret = () => randomBytes(24).toString('hex');
    const env = {
      ...own,
      HOST: '127.0.0.1',
      GRPC_HOST: '127.0.0.1',
      PORT: String(await freePort()),
      GRPC_PORT: String(await freePort()),
      REDIS_URL: redis.url,
      AUTH_HS256_SECRET: secret(),
      SERVICE_TOKEN_SECRET: secret(),
    };
    const owner = await ensureDatabase(postgres.url, 'beckon');
    for (const app of services) env[urlVariable(app)] = asRole(owner, roleOf(app), secret());
    await step('migrate job', async () => {
      await run('sh', ['-c', MIGRATE], { cwd: folder, env: { ...env, DATABASE_URL: owner }, signal });
    });
    await step(command.join(' '), () => untilHealthy({ folder, env, health, command, dir, stop, signal }));
    const url = `http://127.0.0.1:${env.PORT}`;
    await step(SMOKE.join(' '), async () => {
      await run(process.execPath, [...SMOKE, url], { cwd: folder, env, signal });
    });
  } finally {
    for (const close of started) await close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function untilHealthy({ folder, env, health, command: [program, ...args], dir, stop, signal }) {
  const logFile = join(dir, 'beckon.log');
  const child = spawnServer(program, args, { cwd: folder, env, logFile });
  stop(() =>
    stopServer(child.pid, [
      ['SIGTERM', 12_000],
      ['SIGKILL', 5_000],
    ]),
  );
  const healthy = () =>
    run(health[0], health.slice(1), { cwd: folder, env, signal }).then(
      () => true,
      () => false,
    );
  if (await untilReady(child.pid, healthy, { timeoutMs: 60_000, signal })) return 'healthy';
  throw new Error(`it did not become healthy. Its log ends:\n${lastLines(logFile)}`);
}
