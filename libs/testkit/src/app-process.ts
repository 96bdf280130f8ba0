import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

import type { Fault } from '#faults/armed/fault-point.js';
import { fromTestRun } from '#testkit/environment.js';

/** For a machine on which much else starts too. */
const START_LIMIT_MS = 150_000;

/** None of them outlives the suite, however that ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A built app running as a process of its own. */
export interface AppProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<unknown>;
  /** Replaces what is to happen at which steps. @throws when the app was started without `faults` */
  arm(faults: readonly Fault[]): void;
  /** Sends a signal and waits for the process to end; answers its exit code, null after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

interface AppOptions {
  /** When given, even if empty, the app is started so that faults can be armed; these are, from the start. */
  readonly faults?: readonly Fault[] | undefined;
  /** A folder with a `dist` of its own, bundled or not. */
  readonly build?: string | undefined;
}

/**
 * Starts `dist/main/<app>.cjs` and waits until `/health/live` answers.
 * @throws when it ends before that
 */
export async function startApp(
  app: string,
  env: Record<string, string>,
  options: AppOptions = {},
): Promise<AppProcess> {
  const launched = launch(app, env, options);
  await untilLive(app, env, launched);
  if (options.faults === undefined) tellWhyItEnds(app, launched);
  return launched;
}

/** Whatever a suite sees of a process that nobody has ended, its cause stands in what that has printed. */
function tellWhyItEnds(app: string, { child, wasAskedToEnd, lastWords }: LaunchedApp): void {
  // When all that it has printed is there.
  child.once('close', (code, signal) => {
    if (wasAskedToEnd()) return;
    process.stderr.write(`${app} ended by itself (${signal ?? code}):\n${lastWords()}\n`);
  });
}

function launch(app: string, env: Record<string, string>, { faults, build = '' }: AppOptions): LaunchedApp {
  const bundled = join(build, 'dist/main', `${app}.cjs`);
  const main = existsSync(bundled) ? bundled : join(build, 'dist/apps', app, 'src/main.js');
  const log = join(fromTestRun('TEST_DIR'), `${app}-${env['PORT']}.log`);
  const conditions = faults === undefined ? [] : ['--conditions=beckon-faults'];
  const child = spawn(process.execPath, [...conditions, '--enable-source-maps', main], {
    env: {
      PATH: process.env['PATH'] ?? '',
      LOG_LEVEL: 'info',
      ...(faults === undefined ? {} : { BECKON_FAULTS: JSON.stringify(faults) }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', ...(faults === undefined ? [] : ['ipc' as const])],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const sink = createWriteStream(log, { flags: 'a' });
  let tail = '';
  let asked = false;
  for (const output of [child.stdout, child.stderr]) {
    if (output === null) continue;
    output.pipe(sink, { end: false });
    output.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-4_000)));
  }
  const ended = once(child, 'exit').finally(() => sink.end());
  return {
    pid: child.pid ?? 0,
    child,
    ended,
    arm: (next) => {
      if (faults === undefined) throw new Error(`${app} was started without faults`);
      // It may be killed at this very moment; the next one starts with what is armed then.
      if (child.connected) child.send({ faults: next }, () => undefined);
    },
    end: async (signal) => {
      asked = true;
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
      return child.exitCode;
    },
    lastWords: () => tail,
    wasAskedToEnd: () => asked,
  };
}

interface LaunchedApp extends AppProcess {
  /** The end of what it has printed. */
  readonly lastWords: () => string;
  readonly wasAskedToEnd: () => boolean;
}

async function untilLive(app: string, env: Record<string, string>, launched: LaunchedApp): Promise<void> {
  const { ended, lastWords } = launched;
  await Promise.race([
    untilAnswered(Number(env['PORT'])),
    ended.then(() => Promise.reject(new Error(`${app} ended at its start:\n${lastWords()}`))),
  ]).catch((error: Error) => {
    launched.child.kill('SIGKILL');
    throw error;
  });
}

/** Below those that systems give to outgoing connections (from 32768 on Linux): one of these could take it meanwhile. */
const PORTS = { first: 20_000, count: 12_000 };

/** Each worker of jest has a part of them to itself, and goes through it in order: none is given out twice. */
const WORKERS = 4;
const part = PORTS.count / WORKERS;
const firstOfPart = PORTS.first + (Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS) * part;
let next = Math.floor(Math.random() * part);

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstOfPart + (next++ % part);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function untilAnswered(port: number): Promise<void> {
  const until = Date.now() + START_LIMIT_MS;
  while (!(await isLive(port))) {
    if (Date.now() > until) throw new Error(`nobody answers on port ${port}`);
    // Not less often the longer it takes: a whole suite waits for it.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A connection that is refused costs a sixth of a request that is, so that comes first. */
async function isLive(port: number): Promise<boolean> {
  if (!(await accepts(port))) return false;
  return fetch(`http://127.0.0.1:${port}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const tell = (does: boolean) => {
      socket.destroy();
      resolve(does);
    };
    socket.once('connect', () => tell(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => tell(false));
  });
}
