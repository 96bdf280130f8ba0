import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { isOurs } from '../process/identity.mjs';
import { freePort } from '../process/ports.mjs';
import { lastLines, spawnServer, stopServer, untilReady } from '../process/server.mjs';
import { redisBinary } from './redis-binary.mjs';

/**
 * Starts a private Redis (append-only file, noeviction) whose data and log live in `dir`, or adopts the one
 * that already runs there. Answers on 127.0.0.1 only. `cache` is where a Redis unpacked from a package is kept.
 * @returns {Promise<{url: string, pid: number, port: number, adopted: boolean, stop(): Promise<void>}>}
 */
export async function startRedis({ dir, port, cache, signal }) {
  const instance = files(resolve(dir));
  mkdirSync(instance.dir, { recursive: true, mode: 0o700 });
  const running = await adopt(instance);
  const { pid, port: listening } = running ?? (await launch(instance, { port, cache, signal }));
  const stop = () => stopServer(pid, shutdown);
  if (signal?.aborted) await stop();
  signal?.throwIfAborted();
  return {
    url: `redis://127.0.0.1:${listening}`,
    pid,
    port: listening,
    adopted: running !== undefined,
    stop,
  };
}

const shutdown = [
  ['SIGTERM', 10_000],
  ['SIGKILL', 5000],
];

function files(dir) {
  return {
    dir,
    config: join(dir, 'redis.conf'),
    log: join(dir, 'redis.log'),
    state: join(dir, 'instance.json'),
  };
}

/** The server of an earlier run that was killed before it could stop it; one that does not answer is stopped. */
async function adopt({ config, state }) {
  const { pid, port } = readState(state);
  if (!isOurs(pid, config)) return undefined;
  if (await untilReady(pid, () => answersPing(port), { timeoutMs: 5000 })) return { pid, port };
  await stopServer(pid, shutdown);
  return undefined;
}

async function launch(instance, { port, cache, signal }) {
  const { command, env } = await redisBinary({ cache, signal });
  const tries = 4;
  for (let attempt = 1; ; attempt++) {
    const chosen = port ?? (await freePort());
    writeFileSync(instance.config, settings(instance.dir, chosen), { mode: 0o600 });
    const child = spawnServer(command, [instance.config], {
      env: { LC_ALL: 'C', ...env },
      logFile: instance.log,
    });
    writeFileSync(instance.state, JSON.stringify({ pid: child.pid, port: chosen }), { mode: 0o600 });
    const ready = () => answersPing(chosen);
    if (await untilReady(child.pid, ready, { timeoutMs: 60_000, signal }))
      return { pid: child.pid, port: chosen };
    await stopServer(child.pid, shutdown);
    rmSync(instance.state, { force: true });
    signal?.throwIfAborted();
    if (attempt === tries) throw new Error(`Redis did not start. Its log ends:\n${lastLines(instance.log)}`);
  }
}

function settings(dir, port) {
  const lines = {
    bind: '127.0.0.1',
    port,
    dir: JSON.stringify(dir),
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '""',
    'maxmemory-policy': 'noeviction',
    // Keeps the path of this file in the command line, by which a later start knows the server for ours.
    'set-proc-title': 'no',
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('');
}

/** Neither "loading" nor somebody else's protocol passes. */
function answersPing(port) {
  return new Promise((resolvePing) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
    const done = (answer) => {
      socket.destroy();
      resolvePing(answer);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => done(data.toString().startsWith('+PONG')));
    socket.once('timeout', () => done(false));
    socket.once('error', () => done(false));
  });
}

function readState(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
