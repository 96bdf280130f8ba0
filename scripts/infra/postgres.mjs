import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, isOurs } from '../process/identity.mjs';
import { freePort } from '../process/ports.mjs';
import { run } from '../process/run.mjs';
import { lastLines, spawnServer, stopServer, untilReady } from '../process/server.mjs';
import { homeOfOtherUser, postgresAccount } from './postgres-account.mjs';
import { embeddedPostgres } from './postgres-binaries.mjs';

const superuser = 'beckon';

/** Sorts by bytes and knows the letters of all languages, the same on every machine. */
const embedded = () => ({
  native: embeddedPostgres(),
  env: {},
  locale: ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
});

/**
 * Starts a private PostgreSQL whose data, password and log live in `dir`, or adopts the one that already runs
 * there. Answers on 127.0.0.1 only. `fsync: false` is for tests that never kill it; `programs` are another PostgreSQL's
 * than the embedded one's.
 * @returns {Promise<{url: string, pid: number, port: number, adopted: boolean, stop(): Promise<void>}>}
 *   `url` is the superuser's, of the database `postgres`.
 */
export async function startPostgres({
  dir,
  port,
  fsync = true,
  maxConnections = 200,
  programs = embedded(),
  signal,
}) {
  const account = postgresAccount(programs.native, resolve(dir));
  const instance = {
    ...programs,
    ...account,
    data: join(account.home, 'data'),
    log: join(account.home, 'postgres.log'),
  };
  const password = await initialise(instance, { fsync, signal });
  const running = adopt(instance);
  const { pid, port: listening } =
    running ?? (await launch(instance, { port, fsync, maxConnections, signal }));
  const stop = () => stopServer(pid, fastShutdown);
  if (signal?.aborted) await stop();
  signal?.throwIfAborted();
  const url = `postgresql://${superuser}:${password}@127.0.0.1:${listening}/postgres`;
  return { url, pid, port: listening, adopted: running !== undefined, stop };
}

/** Removes a stopped instance, wherever its data went. */
export function removePostgres(dir) {
  rmSync(dir, { recursive: true, force: true });
  if (process.getuid?.() === 0) rmSync(homeOfOtherUser(resolve(dir)), { recursive: true, force: true });
}

const fastShutdown = [
  ['SIGINT', 30_000],
  ['SIGQUIT', 5000],
  ['SIGKILL', 5000],
];

async function initialise(instance, { fsync, signal }) {
  const passwordFile = join(instance.home, 'password');
  if (existsSync(join(instance.data, 'PG_VERSION')) && existsSync(passwordFile)) {
    checkVersion(instance);
    return readFileSync(passwordFile, 'utf8');
  }
  mkdirSync(instance.home, { recursive: true, mode: 0o700 });
  const password = randomBytes(18).toString('base64url');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const unfinished = `${instance.data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const initdb = join(instance.native, 'bin/initdb');
  const { command, options } = instance.call([
    initdb,
    '-D',
    unfinished,
    '--pwfile',
    passwordFile,
    ...initOptions(instance, fsync),
  ]);
  if (options.uid !== undefined) chownSync(passwordFile, options.uid, options.gid);
  await run(command[0], command.slice(1), { ...options, env: { LC_ALL: 'C', ...instance.env }, signal });
  renameSync(unfinished, instance.data);
  return password;
}

function initOptions({ locale }, fsync) {
  const options = ['-U', superuser, '--auth', 'scram-sha-256', '--no-instructions'];
  return [...options, '-E', 'UTF8', ...locale, ...(fsync ? [] : ['--no-sync'])];
}

function checkVersion({ native, data }) {
  const has = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  const needs = /^# PostgreSQL (\d+)/.exec(
    readFileSync(join(native, 'share/postgresql/postgres.bki'), 'utf8'),
  )?.[1];
  if (needs && has !== needs) {
    throw new Error(
      `${data} was written by PostgreSQL ${has}, but ${needs} is installed. Dump and reload it, or remove it.`,
    );
  }
}

/** The server of an earlier run that was killed before it could stop it. */
function adopt({ data }) {
  const { pid, port, ready } = readPidFile(data) ?? {};
  if (pid === undefined) return undefined;
  if (isOurs(pid, data)) return ready ? { pid, port } : undefined;
  // PostgreSQL itself would take whoever has that pid now for a server that still runs.
  if (isSignalable(pid)) rmSync(join(data, 'postmaster.pid'), { force: true });
  return undefined;
}

async function launch(instance, { port, fsync, maxConnections, signal }) {
  const tries = 4;
  for (let attempt = 1; ; attempt++) {
    await stopUnready(instance);
    const chosen = port ?? (await freePort());
    const server = join(instance.native, 'bin/postgres');
    const parameters = settings({ port: chosen, fsync, maxConnections });
    const { command, options } = instance.call([server, '-D', instance.data, ...parameters]);
    const child = spawnServer(command[0], command.slice(1), {
      ...options,
      env: { LC_ALL: 'C', ...instance.env },
      logFile: instance.log,
    });
    const ready = () => {
      const file = readPidFile(instance.data);
      return file?.pid === child.pid && file.ready && file;
    };
    if (await untilReady(child.pid, ready, { timeoutMs: 120_000, signal }))
      return { pid: child.pid, port: chosen };
    await stopServer(child.pid, fastShutdown);
    signal?.throwIfAborted();
    if (attempt === tries)
      throw new Error(`PostgreSQL did not start. Its log ends:\n${lastLines(instance.log)}`);
    // The port was lost to another process, or backends of a killed server are still on their way out.
    await sleep(300 * attempt);
  }
}

async function stopUnready({ data }) {
  const pid = readPidFile(data)?.pid;
  if (pid !== undefined && isOurs(pid, data)) await stopServer(pid, fastShutdown);
}

function settings({ port, fsync, maxConnections }) {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: maxConnections,
    shared_buffers: '128MB',
    jit: 'off',
    timezone: 'UTC',
    ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function readPidFile(data) {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isSignalable(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return isAlive(pid);
  }
}
