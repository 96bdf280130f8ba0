import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { appEntry, beckonDir, logsDir, root } from '../paths.mjs';
import { isOurs } from '../process/identity.mjs';
import { lastLines, spawnServer, stopServer, untilReady } from '../process/server.mjs';
import { followWarnings } from './warnings.mjs';
import { developmentSecrets } from './secrets.mjs';

const stateFile = join(beckonDir, 'app.json');
const logFile = join(logsDir, 'beckon.log');
const logLimit = 20 * 1024 * 1024;

const shutdown = [
  ['SIGTERM', 12_000],
  ['SIGKILL', 5000],
];

/**
 * Starts the all-in-one process and waits until it is ready; how to stop it goes on to `started` at once.
 * @returns {Promise<{url: string, environment: string, log: string, ended: Promise<never>}>} `ended` rejects when it dies
 */
export async function startApp({ host, port, databaseEnv, redis, signal, started }) {
  mkdirSync(logsDir, { recursive: true });
  if (existsSync(logFile) && statSync(logFile).size > logLimit) renameSync(logFile, `${logFile}.1`);
  const env = environment({ host, port, databaseEnv, redis });
  const warnings = followWarnings(logFile);
  const child = spawnServer(process.execPath, ['--enable-source-maps', appEntry], { env, logFile });
  writeFileSync(stateFile, JSON.stringify({ pid: child.pid }));
  started.push(['Beckon', () => stop(child.pid, warnings)]);
  // What this process lives for.
  child.ref();
  const died = new Promise((_, reject) => {
    child.once('exit', (code, name) => reject(new Error(deathNote(code ?? name))));
  });
  died.catch(() => {});
  const url = `http://${['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host}:${port}`;
  if (!(await untilReady(child.pid, () => isReady(url), { timeoutMs: 90_000, signal }))) {
    signal.throwIfAborted();
    if (child.exitCode === null && child.signalCode === null)
      throw new Error(`${url}/health/ready did not answer 200 within 90 s.\n${lastLines(logFile)}`);
    await died;
  }
  return { url, environment: env.BECKON_ENV, log: relative(root, logFile), ended: died };
}

/** The app of an earlier `npm start` that was killed before it could stop it. */
export async function stopStrayApp() {
  if (!existsSync(stateFile)) return;
  const { pid } = JSON.parse(readFileSync(stateFile, 'utf8') || '{}');
  if (isOurs(pid, join(root, 'dist/'))) await stopServer(pid, shutdown);
  rmSync(stateFile, { force: true });
}

async function stop(pid, warnings) {
  await stopServer(pid, shutdown);
  warnings.end();
  rmSync(stateFile, { force: true });
}

/** What the user has set stays as it is. */
function environment({ host, port, databaseEnv, redis }) {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const secrets = developmentSecrets();
  if (given.AUTH_JWKS_URL) delete secrets.AUTH_HS256_SECRET;
  return {
    BECKON_ENV: 'development',
    GRPC_PORT: '0',
    LOG_LEVEL: 'info',
    REDIS_PREFIX: 'beckon',
    ...secrets,
    ...given,
    HOST: host,
    PORT: String(port),
    ...databaseEnv,
    REDIS_URL: redis.url,
  };
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

function deathNote(code) {
  return `Beckon ended by itself (${code}). Its log, ${relative(root, logFile)}, ends:\n${lastLines(logFile)}`;
}
