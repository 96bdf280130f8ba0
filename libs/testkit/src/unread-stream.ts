import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

import type { Beckon } from '#testkit/beckon.js';

/** A stream whose reader takes in nothing after the headers. */
export class UnreadStream {
  private constructor(
    private readonly socket: Socket,
    private readonly serverPort: number,
    private readonly clientPort: number,
  ) {}

  static async open(beckon: Beckon, userId: string): Promise<UnreadStream> {
    const port = Number(beckon.env['PORT']);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const token = await beckon.tokenOf(userId);
    socket.write(
      `GET /v1/notifications/stream HTTP/1.1\r\nHost: beckon\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    await once(socket, 'readable');
    socket.on('error', () => undefined);
    return new UnreadStream(socket, port, socket.localPort ?? 0);
  }

  /** Never read, the end of the stream is never seen either; what the server has open tells it. */
  get isCutOff(): boolean {
    return !serverHolds(this.serverPort, this.clientPort);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Whether the kernel has an established connection of the server's port to this one (Linux). */
function serverHolds(serverPort: number, clientPort: number): boolean {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .some((line) => new RegExp(`:${hex(serverPort)} \\w+:${hex(clientPort)} 01`).test(line));
}
