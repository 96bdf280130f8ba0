import { connect } from 'node:net';

import { sendRaw } from '#testkit/raw-http.js';

import type { Assault, Attack } from '../attack.js';

/** A request has 10 s to arrive; connections are looked at every 2 s. */
const LIMIT_MS = 20_000;
const EARLIEST_MS = 8_000;

/** Requests that come a byte at a time, or stop half-way, and connections that say nothing, by the hundred. */
export const slowClients: Attack = {
  name: 'slow-clients',
  title: 'slow headers, slow bodies and silent connections, hundreds at once',
  async run(assault) {
    const { target, findings } = assault;
    const head = 'POST /v1/posts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const auth = `Authorization: Bearer ${await target.beckon.tokenOf('mallory')}\r\n`;
    const forms: Parameters<typeof sendRaw>[1][] = [
      { text: head },
      { text: 'GET /v1/not' },
      { text: head, drip: { text: 'X-A: b\r\n', everyMs: 500 } },
      { text: `${head}${auth}Content-Length: 1000\r\n\r\n{"body":"` },
      { text: `${head}${auth}Content-Length: 60000\r\n\r\n{"body":"`, drip: { text: 'x', everyMs: 300 } },
      {
        text: `${head}${auth}Transfer-Encoding: chunked\r\n\r\n`,
        drip: { text: '1\r\n{\r\n', everyMs: 500 },
      },
    ];
    const copies = assault.scaled(100, 10);
    const silent = silentConnections(assault, assault.scaled(2_000, 100));
    const slow = forms.flatMap((form) => Array.from({ length: copies }, () => waitFor408(assault, form)));
    findings.expect(await target.serves(), () => 'others were not served meanwhile');
    const waits = (await Promise.all(slow)).filter((ms) => ms > 0);
    findings.note(
      `${slow.length} slow requests, given up after ${Math.round(Math.max(...waits) / 1_000)} s at the latest`,
    );
    findings.note(`${await silent} silent connections, all closed`);
  },
};

/** @returns how long the server had patience, in ms; 0 when it closed without an answer */
async function waitFor408(
  { target, findings }: Assault,
  request: Parameters<typeof sendRaw>[1],
): Promise<number> {
  findings.attempts++;
  try {
    const { status, afterMs } = await sendRaw(target.beckon.url, { ...request, giveUpAfterMs: LIMIT_MS });
    findings.expect(status === 408, () => `${request.text.toString().slice(0, 80)} was answered ${status}`);
    findings.expect(afterMs >= EARLIEST_MS, () => `given up after ${afterMs} ms already`);
    return afterMs;
  } catch (error) {
    findings.expect(false, () => `${request.text.toString().slice(0, 80)}: ${(error as Error).message}`);
    return 0;
  }
}

/** Opens connections without a word, and waits until the server has closed them. @returns how many there were */
async function silentConnections({ target, findings }: Assault, count: number): Promise<number> {
  const { hostname, port } = new URL(target.beckon.url);
  const one = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host: hostname, port: Number(port) }).resume();
      const limit = setTimeout(() => {
        resolve(false);
        socket.destroy();
      }, LIMIT_MS);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          clearTimeout(limit);
          resolve(true);
        });
    });
  const closed = await Promise.all(Array.from({ length: count }, one));
  findings.attempts += count;
  findings.expect(
    closed.every(Boolean),
    () => `${closed.filter((each) => !each).length} silent connections stay open`,
  );
  return count;
}
