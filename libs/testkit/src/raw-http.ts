import { connect } from 'node:net';

import type { ApiAnswer } from '#testkit/api.js';

/** Requests that no HTTP client would send: bytes go out as they are. */
export interface RawRequest {
  readonly text: string | Buffer;
  /** Sent again and again after the first, to keep a slow request going. */
  readonly drip?: { readonly text: string; readonly everyMs: number };
  readonly giveUpAfterMs?: number;
}

/**
 * Sends bytes over a socket of its own and answers the first answer that comes back, when the server has closed the
 * connection. Ask for `Connection: close` unless the server closes by itself.
 * @throws Error when the server has not closed it in time or closed it without an answer
 */
export async function sendRaw(
  url: string,
  { text, drip, giveUpAfterMs = 5_000 }: RawRequest,
): Promise<ApiAnswer<unknown> & { readonly afterMs: number }> {
  const { hostname, port } = new URL(url);
  const began = performance.now();
  const received = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let dripper: NodeJS.Timeout | undefined;
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(text);
      // Not before the connection stands, or what drips would come before the request.
      if (drip !== undefined)
        dripper = setInterval(() => socket.writable && socket.write(drip.text), drip.everyMs);
    });
    const limit = setTimeout(
      () => socket.destroy(new Error(`not closed after ${giveUpAfterMs} ms`)),
      giveUpAfterMs,
    );
    let failure: Error | undefined;
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error) => (failure = error));
    socket.on('close', () => {
      clearInterval(dripper);
      clearTimeout(limit);
      const answer = Buffer.concat(chunks).toString('utf8');
      // What is still under way when the server closes makes its answer end in a reset.
      if (answer.includes('\r\n\r\n')) resolve(answer);
      else reject(failure ?? new Error('closed without an answer'));
    });
  });
  return { ...parse(received), afterMs: performance.now() - began };
}

function parse(answer: string): ApiAnswer<unknown> {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
  const text = rest.join('\r\n\r\n');
  const json = /json/.test(headers.get('content-type') ?? '') && !headers.has('transfer-encoding');
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: json ? (JSON.parse(text) as unknown) : text,
  };
}
