import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../paths.mjs';
import { isAlive } from './identity.mjs';

/** Starts a long-lived process in its own group with its output in `logFile`; it outlives us unless stopped. */
export function spawnServer(command, args, { cwd = root, env, uid, gid, logFile }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(command, args, {
    cwd,
    uid,
    gid,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  child.on('error', () => {});
  return child;
}

/** Waits until `ready()` gives something truthy, and gives it; undefined if the process ends before. */
export async function untilReady(pid, ready, { timeoutMs, signal }) {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end && isAlive(pid) && !signal?.aborted) {
    const value = await ready();
    if (value) return value;
    await sleep(25);
  }
  return undefined;
}

/** Sends each signal in turn, and goes on to the next when the process is still there after its time. */
export async function stopServer(pid, steps) {
  for (const [signal, graceMs] of steps) {
    if (!isAlive(pid)) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (const end = Date.now() + graceMs; Date.now() < end && isAlive(pid);) await sleep(20);
  }
}

export function lastLines(file, count = 15) {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
