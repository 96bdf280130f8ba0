// Runs on a fresh clone: whatever is imported here must get by with Node alone.
import { mkdirSync } from 'node:fs';
import { beckonDir } from './paths.mjs';
import { Interrupted, interruptSignal, unlessAborted } from './process/interrupt.mjs';
import { isTaken } from './process/ports.mjs';
import { step } from './process/progress.mjs';
import { releaseLock, takeLock } from './start/lock.mjs';
import { startProcesses, stopStrays } from './start/processes.mjs';
import { statusScreen } from './start/status.mjs';
import { prepare } from './setup/prepare.mjs';
import { checkNodeVersion } from './setup/node-version.mjs';

const apart = process.argv.includes('--services');
const signal = interruptSignal();
const started = [];
let ran = false;

try {
  checkNodeVersion();
  const port = readPort();
  const host = process.env.HOST || '127.0.0.1';
  mkdirSync(beckonDir, { recursive: true, mode: 0o700 });
  started.push(['', takeLock(port) && releaseLock]);
  await stopStrays();
  if (await isTaken(host, port))
    throw new Error(
      `PORT ${port} is taken. Stop what listens there, or choose another: PORT=${port + 1} npm start`,
    );

  await prepare({ signal });
  const { openDatabase, openRedis } = await import('./infra/open.mjs');
  const database = await open('PostgreSQL', openDatabase);
  const redis = await open('Redis', openRedis);
  // Not cut off half-way: Prisma refuses to go on after a migration that did not finish.
  await step('Migrations', () => migrateTo(database));
  signal.throwIfAborted();
  const { databaseEnvironment } = await import('./start/roles.mjs');
  const databaseEnv = await step('Database roles', () => databaseEnvironment(database));
  const plan = await planOf({ host, port, databaseEnv, redis });
  const screen = statusScreen();
  const { processes, ended } = await step(apart ? `Beckon, ${plan.length} processes` : 'Beckon', () =>
    startProcesses(plan, { print: screen.print, signal, started }),
  );
  ran = true;
  const { greet } = await import('./start/greeting.mjs');
  await greet({ door: plan.at(-1), database, signal });
  if (apart) started.push(['', screen.show(processes)]);
  await unlessAborted(signal, ended);
} catch (error) {
  if (!(error instanceof Interrupted)) console.error(`\n${error.message || error.stack}`);
  process.exitCode = error instanceof Interrupted ? (ran ? 0 : 130) : 1;
} finally {
  await stopAll();
}
process.exit();

/** @returns the processes to start; the last is the public door */
async function planOf(where) {
  const [{ environment }, { oneProcess, oneProcessAnApp }] = await Promise.all([
    import('./start/environment.mjs'),
    import('./start/plan.mjs'),
  ]);
  return apart ? oneProcessAnApp(environment(where)) : oneProcess(environment(where));
}

async function open(name, opener) {
  const server = await step(name, () => opener({ signal }));
  if (server.isPrivate) started.push([name, server.stop]);
  signal.throwIfAborted();
  return server;
}

async function migrateTo(database) {
  const [{ migrate }, { ownerUrls }] = await Promise.all([
    import('./db/migrate.mjs'),
    import('./db/urls.mjs'),
  ]);
  const onWarning = (text) => console.warn(`  warning: ${text}`);
  const applied = await migrate({ databaseUrl: database.url, urls: ownerUrls(database.url), onWarning });
  return applied.length > 0 ? `${applied.length} applied` : 'up to date';
}

/** What was started last ends first: the app, Redis, PostgreSQL. */
async function stopAll() {
  for (const [name, stop] of started.reverse()) {
    const ended = name ? step(`Stopping ${name}`, stop) : stop();
    await Promise.resolve(ended).catch((error) => console.error(error.message));
  }
}

function readPort() {
  const port = Number(process.env.PORT || 3000);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new Error(`PORT must be a number from 1 to 65535; it is "${process.env.PORT}".`);
}
