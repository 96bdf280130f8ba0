import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { freePort } from '#testkit/app-process.js';
import { processNames } from '#testkit/beckon-services.js';
import { cloneDatabase, databaseEnvironment, type TestDatabase } from '#testkit/database.js';
import { fromTestRun } from '#testkit/environment.js';
import { until } from '#testkit/until.js';

jest.setTimeout(240_000);

/** A folder like a clone's, with a `.beckon` of its own, so that what a developer runs here is left alone. */
function cloneOf(name: string): string {
  const clone = join(fromTestRun('TEST_DIR'), name);
  mkdirSync(clone);
  for (const entry of readdirSync('.'))
    if (entry === 'scripts') cpSync(entry, join(clone, entry), { recursive: true });
    else if (!['.git', '.beckon'].includes(entry)) symlinkSync(resolve(entry), join(clone, entry));
  return clone;
}

interface Listed {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
}

interface Terminal {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: Promise<unknown[]>;
  text(): string;
  /** As the table shows them. */
  processes(): Listed[];
}

/** What all of its processes may have at rest, in 10^6 bytes. */
const IDLE_MB = 900;

describe('npm run start:services', () => {
  let clone: string;
  let database: TestDatabase;
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    clone = cloneOf('start-services');
    database = await cloneDatabase();
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGTERM');
    await until(() => running.size === 0, 30_000);
    await database.drop();
  });

  async function start(): Promise<Terminal> {
    const port = await freePort();
    const child = spawn(process.execPath, ['scripts/start.mjs', '--services'], {
      cwd: clone,
      env: {
        PATH: process.env['PATH'] ?? '',
        ...databaseEnvironment(database),
        DATABASE_URL: database.url,
        REDIS_URL: fromTestRun('TEST_REDIS_URL'),
        REDIS_PREFIX: `services${port}`,
        PORT: String(port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const ended = once(child, 'exit').finally(() => running.delete(child));
    let text = '';
    for (const output of [child.stdout, child.stderr])
      output.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const processes = () =>
      [...text.matchAll(/^ {2}([a-z-]+) +(\d+) +(\d+) +ready/gm)].map(([, name = '', pid, port]) => ({
        name,
        pid: Number(pid),
        port: Number(port),
      }));
    const terminal = { child, url: `http://127.0.0.1:${port}`, ended, text: () => text, processes };
    await until(() => text.endsWith(' MB\n') || child.exitCode !== null, 120_000);
    return terminal;
  }

  it('shows every process, needs little, works behind one port, and ends all at one Ctrl-C', async () => {
    const terminal = await start();
    const processes = terminal.processes();
    expect(processes.map(({ name }) => name)).toEqual(processNames);
    await until(() => memoryOf(processes) < IDLE_MB, 60_000);
    console.log(`start:services: ${memoryOf(processes)} MB at rest`);
    expect(await areGone(processes.slice(0, 1))).toBe(false);
    const smoke = spawn(process.execPath, ['scripts/smoke.mjs', terminal.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    smoke.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await once(smoke, 'close');
    expect(out).toMatch(/ works \(\d+ ms\)\n$/);

    terminal.child.kill('SIGINT');
    expect(await terminal.ended).toEqual([0, null]);
    expect(await areGone(processes)).toBe(true);
  });

  it('ends with all when one of them dies, and says which', async () => {
    const terminal = await start();
    const processes = terminal.processes();
    process.kill(processes.find(({ name }) => name === 'comment')?.pid ?? 0, 'SIGKILL');
    expect(await terminal.ended).toEqual([1, null]);
    expect(terminal.text()).toMatch(
      /^The process comment ended by itself \(SIGKILL\)\. Its log, \.beckon\/logs\/comment\.log/m,
    );
    expect(await areGone(processes)).toBe(true);
  });
});

/** Resident, in 10^6 bytes. */
function memoryOf(processes: readonly Listed[]): number {
  const pids = processes.map(({ pid }) => pid).join();
  const kib = execFileSync('ps', ['-o', 'rss=', '-p', pids], { encoding: 'utf8' }).trim().split(/\s+/);
  return Math.round((kib.reduce((sum, one) => sum + Number(one), 0) * 1024) / 1e6);
}

/** Whether nobody listens any more: a process that its parent has not looked for yet would still have a pid. */
async function areGone(processes: readonly Listed[]): Promise<boolean> {
  const asked = processes.map(({ port }) => fetch(`http://127.0.0.1:${port}/health/live`));
  return (await Promise.allSettled(asked)).every(({ status }) => status === 'rejected');
}
