import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Beckon } from '#testkit/beckon.js';

async function demo(argument: string): Promise<{ code: number; out: string }> {
  const child = spawn(process.execPath, ['scripts/demo.mjs', argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out };
}

describe('npm run demo', () => {
  let beckon: Beckon;
  beforeAll(async () => {
    beckon = await Beckon.start();
  });
  afterAll(() => beckon.stop());

  it('shows what one person does and when the other is told of it', async () => {
    // As one types it.
    const { code, out } = await demo(beckon.url.replace('http://', ''));
    expect(code).toBe(0);
    expect(
      [...out.matchAll(/→ Ana: (.+?) +(?:\d+) ms, (\d) unread$/gm)].map(([, title, unread]) => [
        title,
        unread,
      ]),
    ).toEqual([
      ['Ben followed you', '1'],
      ['Ben reacted to your post', '2'],
      ['Ben commented on your post', '3'],
      ['Ben mentioned you in a comment', '4'],
      ['no longer “Ben reacted to your post”', '3'],
    ]);
    expect(out).toMatch(/5 acts, each told live; \d+ ms to \d+ ms/);
  });

  it('explains itself, and says when nobody can be where it is sent', async () => {
    expect(await demo('--help')).toEqual({ code: 0, out: expect.stringContaining('npm run demo -- <url>') });
    expect(await demo('ftp://localhost')).toEqual({ code: 2, out: '' });
  });

  it('ends at Ctrl-C, whatever it waits for', async () => {
    const silent = createServer();
    const asked = once(silent, 'request');
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const playing = spawn(process.execPath, ['scripts/demo.mjs', `http://127.0.0.1:${port}`], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const ended = once(playing, 'close');
    await asked;
    playing.kill('SIGINT');
    const end = await ended;
    await new Promise((resolve) => silent.close(resolve));
    expect(end).toEqual([130, null]);
  });
});
