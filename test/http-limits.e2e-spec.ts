import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

import { Beckon } from '#testkit/beckon.js';
import { expectProblem } from '#testkit/problem.js';
import { until } from '#testkit/until.js';

const APP = 'https://app.example.com';
const SECOND = 'https://second.example.com';
const WRITES = 5;
/** Who come back at once; more than Node would keep waiting. */
const CROWD = 1_000;
/** How many the system keeps waiting at most. */
const SYSTEM_LIMIT = '/proc/sys/net/core/somaxconn';

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start({
    env: { WRITES_PER_SECOND: String(WRITES), CORS_ORIGINS: `${APP}, ${SECOND}` },
  });
  await beckon.people('ana', 'ben', 'fast', 'slow');
});
afterAll(() => beckon?.stop());

describe('the limit of writes', () => {
  it('refuses what one person sends beyond it, says when to come back, and keeps that', async () => {
    const fast = await beckon.as('fast');
    const answers = await Promise.all(Array.from({ length: 30 }, () => fast.put('/v1/me/mutes/ana')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 204).length).toBeGreaterThanOrEqual(WRITES);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expectProblem(answer, 429, 'TOO_MANY_REQUESTS');
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
    const retryAfterMs = Number(refused.at(-1)?.headers.get('retry-after')) * 1_000;
    const until = performance.now() + retryAfterMs + 5_000;
    let status = 429;
    while (status === 429 && performance.now() < until) status = (await fast.put('/v1/me/mutes/ana')).status;
    expect(status).toBe(204);
  });

  it("is each person's own, whoever sends it for them", async () => {
    const service = await beckon.asService('slow');
    const own = await beckon.as('slow');
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? service : own).put('/v1/me/mutes/ana')),
    );
    expect(answers.some(({ status }) => status === 429)).toBe(true);
    expect((await (await beckon.as('ben')).put('/v1/me/mutes/ana')).status).toBe(204);
  });

  it('is not for reading, nor for loading in bulk', async () => {
    const ana = await beckon.as('ana');
    const reads = await Promise.all(Array.from({ length: 50 }, () => ana.get('/v1/notifications/counts')));
    expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
    const service = await beckon.asService();
    const users = [{ id: 'ana', handle: 'ana', displayName: 'Ana' }];
    const loads = await Promise.all(
      Array.from({ length: 20 }, () => service.post('/v1/batch/users', { users })),
    );
    expect(new Set(loads.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('another origin', () => {
  const ask = async (origin: string, init: RequestInit = {}, path = '/v1/notifications') =>
    fetch(`${beckon.url}${path}`, {
      ...init,
      headers: {
        origin,
        authorization: `Bearer ${await beckon.tokenOf('ana')}`,
        ...(init.headers as Record<string, string>),
      },
    });

  it.each([APP, SECOND])('that is configured (%s) may ask and read', async (origin) => {
    const answer = await ask(origin);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('vary')).toMatch(/origin/i);
    expect(answer.headers.get('access-control-expose-headers')).toMatch(/x-request-id/i);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    const refused = await ask(origin, {}, '/v1/posts/none');
    expect(refused.status).toBe(404);
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
  });

  it('that is configured may send what the API takes', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const preflight = await ask(APP, {
        method: 'OPTIONS',
        headers: {
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization,content-type,idempotency-key,beckon-actor',
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
      for (const name of ['authorization', 'content-type', 'idempotency-key', 'beckon-actor']) {
        expect(preflight.headers.get('access-control-allow-headers')).toContain(name);
      }
    }
  });

  it('that is configured may hold a stream', async () => {
    const abort = new AbortController();
    const answer = await ask(APP, { signal: abort.signal }, '/v1/notifications/stream');
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
    abort.abort();
  });

  it.each([
    'https://evil.example',
    `${APP}.evil.example`,
    'https://evil-app.example.com',
    'http://app.example.com',
    `${APP}:444`,
    'null',
  ])('that is not (%s) may not', async (origin) => {
    const answer = await ask(origin);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

const takesCrowds = existsSync(SYSTEM_LIMIT) && Number(readFileSync(SYSTEM_LIMIT, 'utf8')) > CROWD;
// It is the machine that lacks something, and nobody should believe that this passed.
if (!takesCrowds) console.warn(`SKIPPED, a crowd of ${CROWD}: ${SYSTEM_LIMIT} does not allow for it here`);

(takesCrowds ? describe : describe.skip)('a crowd that connects while the process is busy', () => {
  it('is kept waiting and not turned away', async () => {
    const sockets: Socket[] = [];
    let connected = 0;
    process.kill(beckon.pid, 'SIGSTOP');
    try {
      for (let index = 0; index < CROWD; index++)
        sockets.push(connect(Number(new URL(beckon.url).port), '127.0.0.1', () => connected++));
      await until(() => connected === CROWD);
    } finally {
      process.kill(beckon.pid, 'SIGCONT');
      for (const socket of sockets) socket.destroy();
    }
    expect((await (await beckon.as('ana')).get('/v1/users/ben')).status).toBe(200);
  });
});
