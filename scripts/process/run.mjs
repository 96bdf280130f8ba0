import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../paths.mjs';

/**
 * Runs a command to its end in a process group of its own, so that a Ctrl-C of the terminal reaches us
 * alone and we end what we started in order. Resolves with its stdout; throws with its last lines.
 */
export async function run(command, args, { cwd = root, env, uid, gid, signal, onLine } = {}) {
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd,
    uid,
    gid,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child, (line) => onLine?.(line, child.pid));
  const stop = () => void endGroup(child.pid, 'SIGTERM');
  signal?.addEventListener('abort', stop);
  try {
    const code = await exit(child);
    signal?.throwIfAborted();
    if (code === 0) return output.stdout();
    throw new Error(`${[command, ...args].join(' ')} ended with ${code}\n${output.tail()}`);
  } finally {
    signal?.removeEventListener('abort', stop);
    signalGroup(child.pid, 'SIGKILL');
  }
}

/** Asks a whole group to end and makes it after `graceMs`. */
export async function endGroup(pid, signal, graceMs = 5000) {
  signalGroup(pid, signal);
  for (let waited = 0; waited < graceMs; waited += 50) {
    await sleep(50);
    if (!signalGroup(pid, 0)) return;
  }
  signalGroup(pid, 'SIGKILL');
}

export function signalGroup(pid, signal) {
  try {
    return pid !== undefined && process.kill(-pid, signal);
  } catch {
    return false;
  }
}

function exit(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
    // A grandchild that keeps the pipe open must not keep us.
    child.once('exit', (code, signal) => setTimeout(() => resolve(code ?? signal), 500).unref());
  });
}

function collect(child, onLine) {
  const lines = [];
  const stdout = [];
  child.stdout.on('data', (chunk) => stdout.push(chunk));
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop();
      for (const line of parts) keep(line);
    });
    stream.on('end', () => rest && keep(rest));
  }
  function keep(line) {
    lines.push(line);
    if (lines.length > 400) lines.shift();
    onLine(line);
  }
  return { stdout: () => stdout.join(''), tail: () => lines.slice(-40).join('\n') };
}

/** Waits for all of what was begun, so that nothing runs on. @throws what went wrong, all of it */
export async function allOf(parts) {
  const failed = (await Promise.allSettled(parts)).filter(({ status }) => status === 'rejected');
  if (failed.length > 0) throw new Error(failed.map(({ reason }) => reason.message).join('\n'));
}
