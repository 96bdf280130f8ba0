import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Beckon } from '#testkit/beckon.js';

describe('npm run demo', () => {
  let beckon: Beckon;
  beforeAll(async () => {
    beckon = await Beckon.start();
  });
  afterAll(() => beckon.stop());

  it('shows what one person does and when the other is told of it', async () => {
    const demo = spawn(process.execPath, ['scripts/demo.mjs', beckon.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    demo.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    expect(await once(demo, 'close')).toEqual([0, null]);
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

  it('ends at Ctrl-C, whatever it waits for', async () => {
    const silent = createServer();
    const asked = once(silent, 'request');
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const demo = spawn(process.execPath, ['scripts/demo.mjs', `http://127.0.0.1:${port}`], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const ended = once(demo, 'close');
    await asked;
    demo.kill('SIGINT');
    const end = await ended;
    await new Promise((resolve) => silent.close(resolve));
    expect(end).toEqual([130, null]);
  });
});
