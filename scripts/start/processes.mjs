import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beckonDir, logsDir, root } from '../paths.mjs';
import { isOurs } from '../process/identity.mjs';
import { lastLines, spawnServer, stopServer, untilReady } from '../process/server.mjs';
import runner from '../setup/run-compiled.cjs';
import { followWarnings } from './warnings.mjs';

const { FRUGAL } = runner;

const stateFile = join(beckonDir, 'processes.json');
const logLimit = 20 * 1024 * 1024;

const shutdown = [
  ['SIGTERM', 12_000],
  ['SIGKILL', 5000],
];

/**
 * Starts the planned processes side by side and waits until all are ready; how to stop them goes on to `started` at
 * once.
 * @param {import('./plan.mjs').PlannedProcess[]} plan
 * @param {(line: string) => void} print for what they warn of
 * @returns {Promise<{processes: {name: string, pid: number, url: string, log: string}[], ended: Promise<never>}>}
 *   `ended` rejects when one of them dies
 */
export async function startProcesses(plan, { print, signal, started }) {
  mkdirSync(logsDir, { recursive: true });
  const running = [];
  started.push(['Beckon', () => stopAll(running)]);
  for (const planned of plan) {
    running.push(launch(planned, plan.length > 1, print));
    writeFileSync(stateFile, JSON.stringify(running.map(({ pid, entry }) => ({ pid, entry }))));
  }
  const ended = Promise.race(running.map(({ died }) => died));
  ended.catch(() => {});
  await Promise.all(running.map((one) => untilServing(one, signal)));
  return { processes: running, ended };
}

/** What an earlier start that was killed could not stop. */
export async function stopStrays() {
  if (!existsSync(stateFile)) return;
  const strays = JSON.parse(readFileSync(stateFile, 'utf8') || '[]');
  await Promise.all(
    strays.filter(({ pid, entry }) => isOurs(pid, entry)).map(({ pid }) => stopServer(pid, shutdown)),
  );
  rmSync(stateFile, { force: true });
}

/** What a process says of itself; `degraded` serves, but lacks something that it uses. */
export async function readiness(url) {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) });
    const { details } = await answer.json();
    if (!answer.ok) return 'not ready';
    const lacking = Object.entries(details).filter(([, { status }]) => status !== 'up');
    return lacking.length === 0 ? 'ready' : `degraded: ${lacking.map(([name]) => name).join(', ')}`;
  } catch {
    return 'no answer';
  }
}

/** Whether it takes requests, if need be without something that it uses. */
export async function isServing(url) {
  return /^(ready|degraded)/.test(await readiness(url));
}

function launch({ name, env, url }, named, print) {
  const log = join(logsDir, `${name}.log`);
  if (existsSync(log) && statSync(log).size > logLimit) renameSync(log, `${log}.1`);
  const entry = join(root, 'dist/main', `${name}.cjs`);
  const warnings = followWarnings(log, (line) => print(named ? `  ${name} ${line}` : `  ${line}`));
  // Eight processes on one laptop: a small young generation and less code kept in memory, for a little more work.
  const args = ['--enable-source-maps', ...(named ? FRUGAL : []), entry];
  const child = spawnServer(process.execPath, args, { env, logFile: log });
  // What this process lives for.
  child.ref();
  const died = new Promise((_, reject) => {
    child.once('exit', (code, signal) => reject(new Error(deathNote(name, code ?? signal, log))));
  });
  died.catch(() => {});
  return { name, pid: child.pid, child, entry, url, log, warnings, died };
}

async function untilServing({ pid, child, url, log, died }, signal) {
  if (await untilReady(pid, () => isServing(url), { timeoutMs: 90_000, signal })) return;
  signal.throwIfAborted();
  if (child.exitCode === null && child.signalCode === null)
    throw new Error(`${url}/health/ready did not answer 200 within 90 s.\n${lastLines(log)}`);
  await died;
}

/** All at once: each finishes what it has taken, and what it can't is done when it comes back. */
async function stopAll(running) {
  await Promise.all(
    running.map(async ({ pid, warnings }) => {
      await stopServer(pid, shutdown);
      warnings.end();
    }),
  );
  rmSync(stateFile, { force: true });
}

function deathNote(name, code, log) {
  return `The process ${name} ended by itself (${code}). Its log, ${relative(root, log)}, ends:\n${lastLines(log)}`;
}
