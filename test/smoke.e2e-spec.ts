import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { USER_SECRET } from '#testkit/tokens.js';

const STEPS = [
  [
    'health',
    'sign-in',
    'profile',
    'follow',
    'post',
    'react',
    'comment',
    'mention',
    'stream',
    'stream resumed',
    'read',
  ],
  ['un-react', 'analytics', 'ops', 'tidy up'],
].flat();

async function smoke(url: string, env = {}, script = SCRIPT): Promise<{ code: number; out: string }> {
  const tool = spawn(process.execPath, [script, url], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  for (const output of [tool.stdout, tool.stderr])
    output.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const [code] = (await once(tool, 'close')) as [number];
  return { code, out };
}

const SCRIPT = 'scripts/smoke.mjs';

describe('npm run smoke', () => {
  let beckon: Beckon;
  beforeAll(async () => void (beckon = await Beckon.start({ faults: [] })));
  afterAll(() => beckon?.stop());

  // That one whose apps run apart works is what start-services.e2e-spec.ts has it find.
  it('finds that a Beckon works, twice', async () => {
    for (let round = 0; round < 2; round++) {
      const { code, out } = await smoke(beckon.url);
      expect(out).not.toContain('✗');
      expect([...out.matchAll(/^✓ (.+?) +\d+ ms$/gm)].map(([, name]) => name)).toEqual(STEPS);
      expect(code).toBe(0);
    }
  });

  it('signs its own tokens where Beckon gives none out, and says what is wrong with them', async () => {
    const issued = { AUTH_ISSUER: 'our-sign-in', AUTH_AUDIENCE: 'our-network' };
    const strict = await Beckon.start({ env: { BECKON_ENV: 'production', ...issued } });
    try {
      const worked = await smoke(strict.url, { AUTH_HS256_SECRET: USER_SECRET, ...issued });
      expect([worked.code, worked.out]).toEqual([0, expect.stringContaining(`${strict.url} works (`)]);
      const wrong = [
        await smoke(strict.url),
        await smoke(strict.url, { AUTH_HS256_SECRET: USER_SECRET.toUpperCase(), ...issued }),
        await smoke(strict.url, { AUTH_HS256_SECRET: USER_SECRET }),
      ];
      expect(wrong.map(({ code, out }) => [code, /^✗ sign-in .*? ms {2}(.*?):/m.exec(out)?.[1]])).toEqual([
        [1, 'only a Beckon in development gives tokens out'],
        [1, 'it refuses our tokens'],
        [1, 'it refuses our tokens'],
      ]);
    } finally {
      await strict.stop();
    }
  });

  it('says that it needs its packages', async () => {
    const clone = await mkdtemp(join(tmpdir(), 'beckon-smoke-'));
    try {
      await cp('scripts', join(clone, 'scripts'), { recursive: true });
      const { code, out } = await smoke('http://127.0.0.1:3000', {}, join(clone, SCRIPT));
      expect([code, out]).toEqual([2, expect.stringContaining('npm ci first')]);
    } finally {
      await rm(clone, { recursive: true });
    }
  });

  it('stops at the first step that fails', async () => {
    beckon.arm({ at: 'ledger', does: 'hold' });
    const { code, out } = await smoke(beckon.url).finally(() => beckon.arm());
    expect(code).toBe(1);
    expect(out).toMatch(/^✓ profile +\d+ ms\n✗ follow +\d+ ms  not within 20 s: .*is told of a follow\n$/m);
    expect(out.split('\n').filter((line) => line.startsWith('✗'))).toHaveLength(1);
  });

  it.each(['http://127.0.0.1:', '127.0.0.1:'])('says that nobody is there, at %s…', async (host) => {
    const { code, out } = await smoke(`${host}${await freePort()}`);
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ health .*ECONNREFUSED/);
  });

  it.each(['ftp://localhost:3000', 'no place', 'mailto:ana'])(
    'says that nobody can be at %s',
    async (where) => {
      expect(await smoke(where)).toEqual({ code: 2, out: expect.stringContaining(`"${where}" is none.`) });
    },
  );
});
