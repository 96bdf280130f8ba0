import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '#testkit/app-process.js';
import { makeClone, startEnvironment } from '#testkit/clone.js';
import { cloneDatabase, type TestDatabase } from '#testkit/database.js';
import { residentMb } from '#testkit/resident-mb.js';
import { until } from '#testkit/until.js';

jest.setTimeout(240_000);

/** What the whole of Beckon in one process may have at rest, in 10^6 bytes. */
const IDLE_MB = 350;
const STARTS_MS = 120_000;

describe('npm start', () => {
  let clone: string;
  let database: TestDatabase;
  let env: Record<string, string>;
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    clone = makeClone('start');
    database = await cloneDatabase();
    env = startEnvironment(database, await freePort());
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGTERM');
    await until(() => running.size === 0, 30_000);
    await database.drop();
  });

  function launch(script: string) {
    const child = spawn(process.execPath, [`scripts/${script}.mjs`], {
      cwd: clone,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const ended = once(child, 'close').finally(() => running.delete(child));
    let text = '';
    for (const output of [child.stdout, child.stderr])
      output.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return { child, ended, text: () => text };
  }

  const url = () => `http://127.0.0.1:${env['PORT']}`;
  const isThere = () =>
    fetch(`${url()}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );

  it('needs little at rest, is what npm run demo plays on, and ends at one Ctrl-C', async () => {
    const start = launch('start');
    const greets = () => start.text().includes('Ctrl-C stops everything');
    await until(() => greets() || start.child.exitCode !== null, STARTS_MS);
    const [{ pid }] = JSON.parse(readFileSync(join(clone, '.beckon/processes.json'), 'utf8')) as [
      { pid: number },
    ];
    await until(() => residentMb(pid) <= IDLE_MB, 60_000);
    console.log(`npm start: ${residentMb(pid)} MB at rest`);

    const demo = launch('demo');
    expect(await demo.ended).toEqual([0, null]);
    expect(demo.text()).toMatch(/5 acts, each told live/);
    expect(await isThere()).toBe(true);

    start.child.kill('SIGINT');
    expect(await start.ended).toEqual([0, null]);
    expect(await isThere()).toBe(false);
  });

  it('is started by npm run demo where none runs, and ended', async () => {
    const demo = launch('demo');
    expect(await demo.ended).toEqual([0, null]);
    expect(demo.text()).toMatch(/^✓ Beckon\b[^]*5 acts, each told live/m);
    expect(await isThere()).toBe(false);
  });

  it('is ended by the Ctrl-C that npm run demo gets while it starts one', async () => {
    const demo = launch('demo');
    await until(() => demo.text().includes('✓'), STARTS_MS);
    demo.child.kill('SIGINT');
    expect(await demo.ended).toEqual([130, null]);
    expect(demo.text()).not.toContain('acts, each told live');
    expect(await isThere()).toBe(false);
  });
});
