import { connect, createServer } from 'node:net';

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Ports on this machine that nobody listens on, next above one. Unlike those that the system gives out, these are not
 * taken by an outgoing connection before they are used.
 */
export async function freePortsAbove(port, count) {
  const found = [];
  for (let next = port + 1; found.length < count; next++) {
    if (next > 65535) throw new Error(`There are no ${count} free ports above ${port}.`);
    if (!(await isTaken('127.0.0.1', next))) found.push(next);
  }
  return found;
}

/**
 * Whether something listens already. Binding alone does not tell: BSD lets a loopback address be bound
 * beside a wildcard one.
 */
export async function isTaken(host, port) {
  if ((await answers('127.0.0.1', port)) || (await answers('::1', port))) return true;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code === 'EADDRINUSE'));
    server.listen(port, host, () => server.close(() => resolve(false)));
  });
}

function answers(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}
