import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves a JSON Web Key Set as an identity provider does, or what is said instead. */
export class KeyServer {
  requests = 0;
  answer: { status: number; body: string } = { status: 200, body: '{"keys":[]}' };
  private readonly server: Server = createServer((_, reply) => {
    this.requests++;
    reply.writeHead(this.answer.status, { 'content-type': 'application/json' }).end(this.answer.body);
  });

  /** @returns the URL of the key set */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jwks.json`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
