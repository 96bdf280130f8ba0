import { once } from 'node:events';
import { connect } from 'node:net';

/** What came of pouring bytes into a connection. */
export interface Poured {
  /** Of the first answer; 0 when the connection was closed without one. */
  readonly status: number;
  readonly sentBytes: number;
}

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/**
 * Opens a connection, sends `head` and then bytes as fast as they are taken, until so many are sent or the server has
 * had enough; what has been answered by then counts.
 * @param wrap makes of a piece what goes out, as for chunked bodies
 */
export async function pour(
  url: string,
  head: string,
  totalBytes: number,
  wrap: (piece: Buffer) => Buffer = (piece) => piece,
): Promise<Poured> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let answer = '';
  let sentBytes = 0;
  socket.on('data', (chunk: Buffer) => (answer = (answer + chunk.toString('latin1')).slice(0, 200)));
  const closed = new Promise<void>((resolve) =>
    socket.on('error', () => undefined).on('close', () => resolve()),
  );
  await Promise.race([once(socket, 'connect').catch(() => undefined), closed]);
  socket.write(head);
  while (sentBytes < totalBytes && socket.writable && !socket.destroyed) {
    const piece = CHUNK.subarray(0, Math.min(CHUNK.length, totalBytes - sentBytes));
    sentBytes += piece.length;
    if (!socket.write(wrap(piece))) {
      await Promise.race([once(socket, 'drain').catch(() => undefined), closed]);
    }
  }
  // What has been sent in full is answered; what was refused half-way has been answered or cut.
  if (answer === '' && !socket.destroyed) {
    await Promise.race([once(socket, 'data').catch(() => undefined), closed]);
  }
  socket.destroy();
  await closed;
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0), sentBytes };
}

/** A piece as HTTP sends it when it does not say how much will come. */
export function chunked(piece: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
}
