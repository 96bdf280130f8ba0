import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { freePort } from '#testkit/app-process.js';
import { processNames } from '#testkit/beckon-services.js';
import { makeClone, startEnvironment } from '#testkit/clone.js';
import { cloneDatabase, type TestDatabase } from '#testkit/database.js';
import { residentMb } from '#testkit/resident-mb.js';
import { until } from '#testkit/until.js';

jest.setTimeout(240_000);

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

/** The table of one process, drawn twice on a terminal of 30 columns. */
const NARROW_SCREEN = `
  Object.assign(process.stdout, { isTTY: true, columns: 30 });
  delete process.env.CI;
  const { statusScreen } = await import('./scripts/start/status.mjs');
  let drawn = 0;
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text) => write(text, () => text.includes('process') && ++drawn === 2 && process.exit());
  statusScreen().show([{ name: 'notification-worker', pid: 1, url: 'http://127.0.0.1:1' }]);
`;

describe('npm run start:services', () => {
  let clone: string;
  let database: TestDatabase;
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    clone = makeClone('start-services');
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
      env: startEnvironment(database, port),
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
    for (let round = 0; round < 2; round++) {
      const smoke = spawn(process.execPath, ['scripts/smoke.mjs', terminal.url], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let out = '';
      smoke.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      expect(await once(smoke, 'close')).toEqual([0, null]);
      expect(out).not.toContain('✗');
      expect(out).toMatch(/ works \(\d+ ms\)\n$/);
    }

    terminal.child.kill('SIGINT');
    expect(await terminal.ended).toEqual([0, null]);
    expect(await areGone(processes)).toBe(true);
  });

  it('draws no line wider than its terminal', async () => {
    const screen = spawn(process.execPath, ['--input-type=module', '-e', NARROW_SCREEN], {
      cwd: clone,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    screen.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    expect(await once(screen, 'close')).toEqual([0, null]);
    const [table = '', ...redrawn] = text.split('\x1b[3A\x1b[J');
    expect(redrawn).toEqual([table]);
    expect(table.split('\n')).toEqual([
      expect.stringMatching(/^ {2}process .{19}$/),
      expect.stringMatching(/^ {2}notification-worker .{7}$/),
      expect.stringMatching(/^ {29}$/),
      '',
    ]);
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

function memoryOf(processes: readonly Listed[]): number {
  return residentMb(...processes.map(({ pid }) => pid));
}

/** Whether nobody listens any more: a process that its parent has not looked for yet would still have a pid. */
async function areGone(processes: readonly Listed[]): Promise<boolean> {
  const asked = processes.map(({ port }) => fetch(`http://127.0.0.1:${port}/health/live`));
  return (await Promise.allSettled(asked)).every(({ status }) => status === 'rejected');
}
