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
  it.each([
    ['in one process', () => Beckon.start()],
    ['run apart', () => BeckonServices.start()],
  ])('finds that a Beckon %s works, twice', async (_, start) => {
    const beckon = await start();
    try {
      for (let round = 0; round < 2; round++) {
        const { code, out } = await smoke(beckon.url);
        expect(out).not.toContain('✗');
        expect([...out.matchAll(/^✓ (.+?) +\d+ ms$/gm)].map(([, name]) => name)).toEqual(STEPS);
        expect(code).toBe(0);
      }
    } finally {
      await beckon.stop();
    }
  });

  it('stops at the first step that fails', async () => {
    const beckon = await BeckonServices.start();
    try {
      await beckon.endOne('notification-worker');
      const { code, out } = await smoke(beckon.url);
      expect(code).toBe(1);
      expect(out).toMatch(/^✓ profile +\d+ ms\n✗ follow +\d+ ms  not within 20 s: .*is told of a follow\n$/m);
      expect(out.split('\n').filter((line) => line.startsWith('✗'))).toHaveLength(1);
    } finally {
      await beckon.stop();
    }
  });

  it('says that nobody is there', async () => {
    const { code, out } = await smoke(`http://127.0.0.1:${await freePort()}`);
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ health .*ECONNREFUSED/);
  });
});
