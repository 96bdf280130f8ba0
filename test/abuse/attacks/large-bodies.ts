import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { Assault, Attack } from '../attack.js';
import { operationsOf } from '../openapi.js';
import { chunked, pour } from '../pour.js';
import { answered } from '../send.js';

const MB = 2 ** 20;
/** How much more than before the process may hold while bodies pour in. */
const PEAK_LIMIT_MB = 160;
const SAMPLE_MS = 100;
/** What kernels buffer between two sockets of one machine; more than this has been read by the server. */
const BUFFERED_BYTES = 16 * MB;

/** Bodies of up to a gigabyte, announced or not, at routes that take one and at those that don't; and gzip bombs. */
export const largeBodies: Attack = {
  name: 'large-bodies',
  title: 'bodies from 2 MB to 1 GB with and without a length, gzip bombs',
  async run(assault) {
    const { target, findings } = assault;
    const beforeMb = await target.memoryMb();
    const stopWatching = watchMemory(assault);
    const largest = assault.scaled(1_024, 64);
    const sizes = [2, 8, 64, 256, 1_024].filter((mb) => mb <= largest);
    let peakMb = 0;
    try {
      for (const mb of sizes) await pourInto(assault, mb * MB);
      await bombs(assault, Math.min(largest, 512) * MB);
    } finally {
      peakMb = await stopWatching();
    }
    findings.note(
      `largest body ${sizes.at(-1)} MB, peak RSS ${Math.round(peakMb)} MB, before ${Math.round(beforeMb)} MB`,
    );
    findings.expect(
      peakMb - beforeMb <= PEAK_LIMIT_MB,
      () => `memory rose from ${beforeMb} to ${peakMb} MB while bodies came in`,
    );
  },
};

async function pourInto({ target, findings }: Assault, bytes: number): Promise<void> {
  const token = await target.beckon.tokenOf('mallory');
  const head = (line: string, extra: string) =>
    `${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${extra}\r\n\r\n`;
  const routes = [
    'POST /v1/posts',
    'PUT /v1/users/mallory',
    'POST /v1/batch/users',
    'DELETE /v1/posts/m-post/reactions/mine',
  ];
  for (const line of routes) {
    for (const [form, extra, wrap] of [
      ['announced', `Content-Length: ${bytes}`, undefined],
      ['in chunks', 'Transfer-Encoding: chunked', chunked],
    ] as const) {
      const { status, sentBytes } = await pour(target.beckon.url, head(line, extra), bytes, wrap);
      findings.attempts++;
      const said = `${bytes / MB} MB ${form} to ${line}: ${status} after ${sentBytes} bytes`;
      // A connection that is cut while the other side still writes may lose the answer on its way.
      findings.expect([413, 0].includes(status), () => said);
      findings.expect(sentBytes <= BUFFERED_BYTES, () => `${said}: was read on`);
    }
  }
  for (const line of ['GET /v1/notifications', 'POST /v1/nothing']) {
    const { status } = await pour(target.beckon.url, head(line, `Content-Length: ${bytes}`), bytes);
    findings.attempts++;
    findings.expect(status < 500, () => `${bytes / MB} MB to ${line}: ${status}`);
  }
}

/** A thousand times as large as they look, at every route that takes a body. */
async function bombs(assault: Assault, bytes: number): Promise<void> {
  const { target, findings } = assault;
  const bomb = (await promisify(gzip)(Buffer.alloc(bytes, ' '))).subarray(0, 60_000);
  const token = await target.beckon.tokenOf('network', 'service');
  for (const { method, path, body } of operationsOf(target.document)) {
    if (body === undefined) continue;
    const headers = {
      authorization: `Bearer ${token}`,
      'beckon-actor': 'mallory',
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    };
    const answer = await answered(
      await fetch(`${target.beckon.url}${path}`, { method, headers, body: bomb }),
    );
    findings.answered(answer.status, answer.headers, () => `a bomb at ${method} ${path}`);
    findings.expect(answer.status === 415, () => `a bomb at ${method} ${path}: ${answer.status}`);
  }
}

/** Answers a function that stops and tells the most that was seen. */
function watchMemory({ target }: Assault): () => Promise<number> {
  let peak = 0;
  let goesOn = true;
  const watching = (async () => {
    while (goesOn) {
      peak = Math.max(peak, await target.memoryMb());
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  })();
  return async () => {
    goesOn = false;
    await watching;
    return peak;
  };
}
