import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

import { until } from '#testkit/until.js';

import { Backend } from './backend.js';

const addresses = ['127.0.0.1:1', '127.0.0.1:2'];
const [first, second] = addresses.map((address) => `http://${address}`) as [string, string];

describe('where a request goes', () => {
  it('is one process after the other', () => {
    const backend = new Backend('user', addresses);
    expect([1, 2, 3, 4].map(() => backend.pick([]))).toEqual([first, second, first, second]);
  });

  it('is never where it was already', () => {
    const backend = new Backend('user', addresses);
    for (let round = 0; round < 3; round++) expect(backend.pick([first])).toBe(second);
    expect(backend.pick([first, second])).toBeUndefined();
  });

  it('is where somebody was there lately, for a second', () => {
    const backend = new Backend('user', addresses);
    backend.away(first, 0);
    expect([1, 2, 3].map(() => backend.pick([], 500))).toEqual([second, second, second]);
    expect(new Set([1, 2].map(() => backend.pick([], 1_000)))).toEqual(new Set([first, second]));
  });

  it('is one that was away when all were', () => {
    const backend = new Backend('user', addresses);
    backend.away(first, 0);
    backend.away(second, 0);
    expect(new Set(addresses.map(() => backend.pick([], 500)))).toEqual(new Set([first, second]));
    backend.away(first, 0);
    expect(backend.pick([second], 500)).toBe(first);
  });

  it('is never one that fell silent, until it says that it is ready', async () => {
    let status = 503;
    const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const backend = new Backend('user', [address, '127.0.0.1:2']);
    try {
      backend.fellSilent(`http://${address}`);
      // Nor is it there again after it was found unreachable for a moment.
      backend.away(`http://${address}`, performance.now() - 10_000);
      for (let look = 0; look < 2; look++) {
        expect([1, 2].map(() => backend.pick([]))).toEqual([second, second]);
        // Nobody is better than one whom each request would wait for.
        expect(backend.pick([second])).toBeUndefined();
        await once(server, 'request');
      }
      status = 200;
      await until(() => backend.pick([]) !== second);
    } finally {
      server.close();
    }
  });
});
