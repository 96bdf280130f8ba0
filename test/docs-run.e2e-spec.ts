import { mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { Api } from '#testkit/api.js';
import { freePort } from '#testkit/app-process.js';
import { cloneDatabase, databaseEnvironment, type TestDatabase } from '#testkit/database.js';
import { drain } from '#testkit/drain.js';
import { fromTestRun } from '#testkit/environment.js';
import { insist } from '#testkit/insist.js';
import { Runbook } from '#testkit/runbook.js';

/** What the pages' commands use of a clone. */
const CLONE = ['scripts', 'dist', 'node_modules', 'prisma', 'package.json'];
/** Those of run-apart.md: the gateway's, HTTP of the apps, gRPC of the apps. */
const PORTS = /\b(3000|40[01]\d|50[01]\d)\b/g;

// Nine processes are started one beside the other, on a machine that may be busy.
jest.setTimeout(300_000);

describe('documents for who runs Beckon', () => {
  let database: TestDatabase;
  /** A clone in which nothing but `npm ci` was run. */
  let clone: string;
  /** What is exported in a terminal of PostgreSQL's owner. */
  let owner: Record<string, string>;
  let edit: (markdown: string) => string;
  const opened: Runbook[] = [];

  beforeAll(async () => {
    database = await cloneDatabase();
    clone = await mkdtemp(join(tmpdir(), 'beckon-docs-run-'));
    for (const name of CLONE) await symlink(resolve(name), join(clone, name));
    edit = await onFreePorts('docs/run-apart.md');
    owner = {
      ...databaseEnvironment(database),
      DATABASE_URL: database.url,
      REDIS_URL: fromTestRun('TEST_REDIS_URL'),
      REDIS_PREFIX: `docs${process.pid}`,
    };
  });
  afterAll(async () => {
    for (const page of opened) await page.close();
    await database?.drop();
    await rm(clone, { recursive: true });
  });

  it('run-apart.md: by hand, and operate.md on what it started', async () => {
    const apart = open('docs/run-apart.md', owner);
    apart.skip('npm run start:services');
    while (apart.left[0] !== 'Stop') await apart.next(apart.left[0] ?? '');

    const url = edit('http://localhost:3000');
    await actAsBen(url);
    const operate = open('docs/operate.md', {});
    while (operate.left[0] !== undefined) await operate.next(operate.left[0]);

    await apart.next('Stop');
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });

  it('security.md: roles', async () => {
    const page = open('docs/security.md', owner);
    // Those that were chosen are taken, and nothing about them is printed.
    expect(await page.next('Roles in PostgreSQL')).not.toContain('_DATABASE_URL=');
    expect(page.left).toEqual([]);
  });

  it('run-with-docker.md: secrets, the only commands that need no Docker', async () => {
    const page = open('docs/run-with-docker.md', {});
    await page.next('Secrets');
    const file = join(clone, '.env');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^[A-Z0-9_]+=[0-9a-f]{64}$/);
    const compose = await readFile('docker-compose.yml', 'utf8');
    const secrets = [...compose.matchAll(/\$\{(\w+_(?:PASSWORD|SECRET))\b/g)].map(([, name]) => name);
    expect(new Set(lines.map((line) => line.split('=')[0]))).toEqual(new Set(secrets));
  });

  function open(path: string, env: Record<string, string>): Runbook {
    const page = Runbook.read(path, { cwd: clone, env, edit });
    opened.push(page);
    return page;
  }

  /** `npm start` has a demo network, in which Ben did something. */
  async function actAsBen(url: string): Promise<void> {
    const { token } = await insist(() =>
      new Api(() => url, undefined, {}).post('/v1/dev/tokens', { userId: 'ben' }),
    );
    const ben = new Api(() => url, undefined, { authorization: `Bearer ${token}` });
    await insist(() => ben.put('/v1/users/ben', { handle: 'ben', displayName: 'Ben' }));
    await insist(() => ben.post('/v1/posts', { body: 'Hello' }));
    await drain(database);
  }
});

/** The page with each of its ports replaced by one that is free here. */
async function onFreePorts(path: string): Promise<(markdown: string) => string> {
  const free = new Map<string, string>();
  for (const [port] of (await readFile(path, 'utf8')).matchAll(PORTS))
    if (!free.has(port)) free.set(port, String(await freePort()));
  return (markdown) => markdown.replaceAll(PORTS, (port) => free.get(port) ?? port);
}
