import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

import { Database } from './database.js';

const message = (type: string, body: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
/** What PostgreSQL sends (protocol 3.0): authenticated, ready for a query, and the error with which it ends. */
const OK = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const DYING = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));

describe('a database that ends in the packet in which it is ready', () => {
  let server: Server;
  let database: Database;

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([OK, READY, DYING])));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    database = new Database('user', `postgresql://user:secret@127.0.0.1:${port}/beckon`, 1);
  });
  afterAll(async () => {
    await database.close();
    server.close();
  });

  it('ends no process: the connection was handed over, and nobody listened yet', async () => {
    const work = () => database.transaction((tx) => tx.query({ name: 'one', text: 'SELECT 1' }));
    await expect(work()).rejects.toThrow(/not queryable|Connection terminated/);
    expect(database.pool.totalCount).toBe(0);
    await expect(database.query({ name: 'one', text: 'SELECT 1' })).rejects.toThrow();
  });
});
