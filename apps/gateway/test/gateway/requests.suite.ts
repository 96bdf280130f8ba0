import { randomBytes } from 'node:crypto';

import { insist } from '#testkit/insist.js';
import { metricOf } from '#testkit/metric.js';
import { expectProblem } from '#testkit/problem.js';
import { sendRaw } from '#testkit/raw-http.js';
import { until } from '#testkit/until.js';

import { beckon, collector, WRITES_PER_SECOND } from './processes.fixture.js';

describe('a request', () => {
  it('keeps its id on the way, or is given one', async () => {
    const ana = await beckon.as('ana');
    const given = await ana.get('/v1/posts/none', { 'x-request-id': 'trace-me-7' });
    expectProblem(given, 404, 'POST_NOT_FOUND');
    expect(given.headers.get('x-request-id')).toBe('trace-me-7');
    const made = await ana.get('/v1/posts/none', { 'x-request-id': 'not an id' });
    expectProblem(made, 404, 'POST_NOT_FOUND');
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('takes nothing along that belongs to its connection, and brings nothing back', async () => {
    const token = await beckon.tokenOf('ana');
    const body = '{"body":"by hand"}';
    const head = [
      'POST /v1/posts/p1/comments HTTP/1.1',
      'Host: beckon',
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Keep-Alive: timeout=1',
      'TE: trailers',
      'Expect: 100-continue',
      'Connection: close, Keep-Alive, TE',
    ];
    const answer = await sendRaw(beckon.url, { text: `${head.join('\r\n')}\r\n\r\n${body}` });
    // Node answers the expectation by itself, and the real answer comes after it.
    expect([100, 201]).toContain(answer.status);
    const ana = await beckon.as('ana');
    const { comments } = await insist(() => ana.get('/v1/posts/p1/comments'));
    expect(comments.map((comment: { body: string }) => comment.body)).toEqual(['by hand']);

    const kept = await fetch(`${beckon.url}/v1/posts/p1`, { headers: { authorization: `Bearer ${token}` } });
    expect(kept.headers.get('connection')).toBe('keep-alive');
    expect(kept.headers.get('keep-alive')).toBe('timeout=10');
  });

  it('is counted by who answers it, and here as passed on', async () => {
    const passed = () =>
      metricOf(
        beckon,
        'beckon_gateway_request_duration_seconds_count',
        'service="analytics",method="GET",status="404"',
      );
    const ana = await beckon.as('ana');
    // On a busy machine the look-up of the post may miss its deadline.
    await until(async () => (await ana.get('/v1/analytics/posts/none')).status === 404);
    await until(async () => (await passed()) > 0);
    const own = await (await fetch(`${beckon.url}/metrics`)).text();
    expect(own).not.toMatch(/^beckon_http_request_duration_seconds_count\{.*route="\/v1\/(?!admin|dev)/m);
    const there = await (await fetch(`${beckon.directUrl('analytics')}/metrics`)).text();
    expect(there).toMatch(/^beckon_http_request_duration_seconds_count\{.*route="\/v1\/analytics\/posts/m);
  });

  it('is one trace, through here and on', async () => {
    const traceId = randomBytes(16).toString('hex');
    const client = 'c0ffee00c0ffee00';
    await (await beckon.as('ana')).get('/v1/posts/p1', { traceparent: `00-${traceId}-${client}-01` });
    const spanOf = (process: string) =>
      collector.trace(traceId).find(({ service }) => service === `beckon-${process}`);
    await until(() => spanOf('gateway') !== undefined && spanOf('post') !== undefined);
    expect(spanOf('gateway')?.parentSpanId).toBe(client);
    expect(spanOf('post')?.parentSpanId).toBe(spanOf('gateway')?.spanId);
  });

  it('may have a body that nobody reads', async () => {
    const text = `GET /v1/posts/p1 HTTP/1.1\r\nHost: beckon\r\nAuthorization: Bearer ${await beckon.tokenOf('ana')}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`;
    expect((await sendRaw(beckon.url, { text })).status).toBe(200);
  });

  it.each([
    [
      'a body that is too large',
      { body: JSON.stringify({ body: 'x'.repeat(70_000) }) },
      413,
      'BODY_TOO_LARGE',
    ],
    ['another media type', { body: 'hello', type: 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a body that is no JSON', { body: '{"body":' }, 400, 'MALFORMED_JSON'],
    ['no body', {}, 400, 'INVALID_INPUT'],
  ])(
    'with %s is refused as the services do',
    async (_, { body, type }: { body?: string; type?: string }, status, code) => {
      const ana = await beckon.as('ana');
      const headers = { 'content-type': type ?? 'application/json' };
      expectProblem(await ana.request('POST', '/v1/posts', body, headers), status, code);
    },
  );

  it('may be as large as a bulk load', async () => {
    const users = Array.from({ length: 1_000 }, (_, n) => ({
      id: `u${n}`,
      handle: `u${n}`,
      displayName: 'x'.repeat(100),
    }));
    expect((await (await beckon.asService()).post('/v1/batch/users', { users })).status).toBe(200);
  });

  it('needs a token to write, and no route to be refused', async () => {
    expectProblem(await beckon.withHeaders({}).post('/v1/posts', { body: 'x' }), 401, 'UNAUTHENTICATED');
    expectProblem(await beckon.withHeaders({}).get('/v1/posts/p1'), 401, 'UNAUTHENTICATED');
    expectProblem(await (await beckon.as('ana')).get('/v1/nothing'), 404, 'ROUTE_NOT_FOUND');
  });

  it.each(['/v1/posts/%2e%2e/reactions', '/v1/posts/..%2fx/reactions', '/v1/users/%ff'])(
    'never leaves its route by its path: %s',
    async (path) => {
      // An HTTP client would take such steps itself.
      const text = `GET ${path} HTTP/1.1\r\nHost: beckon\r\nConnection: close\r\n\r\n`;
      expectProblem(await sendRaw(beckon.url, { text }), 400, 'INVALID_INPUT');
    },
  );

  it('counts against the limit of who writes, whichever services it is for', async () => {
    const fast = await beckon.as('fast');
    // Of three services, none of which alone has as many as are allowed.
    const writes = [
      () => fast.put('/v1/me/following/ana'),
      () => fast.put('/v1/me/mutes/ana'),
      () => fast.put('/v1/posts/p1/thread', { level: 'default' }),
    ];
    const answers = await Promise.all(
      Array.from({ length: 2 * WRITES_PER_SECOND }, (_, n) => writes[n % writes.length]!()),
    );
    expect(answers.some(({ status }) => status === 429)).toBe(true);
    for (const answer of answers.filter(({ status }) => status === 429)) {
      expectProblem(answer, 429, 'TOO_MANY_REQUESTS');
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
  });
});
