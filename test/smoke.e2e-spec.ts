import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { BeckonServices } from '#testkit/beckon-services.js';

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

async function smoke(url: string): Promise<{ code: number; out: string }> {
  const tool = spawn(process.execPath, ['scripts/smoke.mjs', url], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  tool.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const [code] = (await once(tool, 'close')) as [number];
  return { code, out };
}

// Eight processes take their time to start where many suites run.
jest.setTimeout(180_000);

describe('npm run smoke', () => {
  let together: Beckon;
  let apart: BeckonServices;
  beforeAll(async () => {
    together = await Beckon.start();
    apart = await BeckonServices.start();
  });
  afterAll(async () => {
    await together?.stop();
    await apart?.stop();
  });

  it.each([
    ['in one process', () => together],
    ['run apart', () => apart],
  ])('finds that a Beckon %s works, twice', async (_, beckon) => {
    for (let round = 0; round < 2; round++) {
      const { code, out } = await smoke(beckon().url);
      expect(out).not.toContain('✗');
      expect([...out.matchAll(/^✓ (.+?) +\d+ ms$/gm)].map(([, name]) => name)).toEqual(STEPS);
      expect(code).toBe(0);
    }
  });

  it('stops at the first step that fails', async () => {
    await apart.endOne('notification-worker');
    const { code, out } = await smoke(apart.url);
    expect(code).toBe(1);
    expect(out).toMatch(/^✓ profile +\d+ ms\n✗ follow +\d+ ms  not within 20 s: .*is told of a follow\n$/m);
    expect(out.split('\n').filter((line) => line.startsWith('✗'))).toHaveLength(1);
  });

  it('says that nobody is there', async () => {
    const { code, out } = await smoke(`http://127.0.0.1:${await freePort()}`);
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ health .*ECONNREFUSED/);
  });
});
