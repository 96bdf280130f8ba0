import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

import Fastify, { type FastifyInstance } from 'fastify';

import { Config, services } from '#config/config.js';
import { Probes } from '#lifecycle/probes.js';
import { Shutdown } from '#lifecycle/shutdown.js';
import { expectProblem } from '#testkit/problem.js';

import { Backends } from './backends.js';
import { OpenStreams } from './open-streams.js';
import { passOn } from './proxy.js';

const secret = 'x'.repeat(32);

describe('a backend that dies between the head of its answer and the body', () => {
  let backend: Server;
  let gateway: FastifyInstance;
  let head = '';

  beforeAll(async () => {
    backend = createServer((socket) =>
      socket.once('data', () => socket.end(`${head}\r\nContent-Length: 100\r\n\r\n`)),
    ).listen(0, '127.0.0.1');
    await once(backend, 'listening');
    const address = `127.0.0.1:${(backend.address() as AddressInfo).port}`;
    const addresses = services.map((service) => [`${service.toUpperCase()}_HTTP_ADDRESS`, address]);
    const config = Config.parse({
      ...Object.fromEntries(addresses),
      AUTH_HS256_SECRET: secret,
      SERVICE_TOKEN_SECRET: secret,
    });
    gateway = Fastify();
    const backends = new Backends(config, new Probes());
    await gateway.register((scope) =>
      passOn(scope, backends, new OpenStreams(new Shutdown()), async () => undefined),
    );
    await gateway.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(async () => {
    await gateway?.close();
    backend?.close();
  });

  async function ask(method: string, path: string, body?: string) {
    const { port } = gateway.server.address() as AddressInfo;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(
      `http://127.0.0.1:${port}${path}`,
      body === undefined ? { method } : { method, body, headers },
    );
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }

  it.each([
    ['POST', '/v1/posts', '{"body":"Hello"}'],
    ['PUT', '/v1/me/following/ben', undefined],
    ['DELETE', '/v1/posts/p1', undefined],
  ])('may have done what a %s says', async (method, path, body) => {
    head = 'HTTP/1.1 201 Created\r\nContent-Type: application/json';
    expectProblem(await ask(method, path, body), 504, 'ANSWER_LOST');
    head = 'HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 7';
    const refused = await ask(method, path, body);
    expectProblem(refused, 504, 'ANSWER_LOST');
    expect(refused.headers.get('retry-after')).toBeNull();
  });

  it('is away for whoever reads', async () => {
    head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json';
    const answer = await ask('GET', '/v1/posts/p1');
    expectProblem(answer, 503, 'DEPENDENCY_UNAVAILABLE');
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });

  it('has nothing to do with what is refused before it is asked', async () => {
    expectProblem(await ask('POST', '/v1/posts', 'x'.repeat(2_000_000)), 413, 'BODY_TOO_LARGE');
  });
});
