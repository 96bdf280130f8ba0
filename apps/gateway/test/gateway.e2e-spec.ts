import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import type { ApiAnswer } from '#testkit/api.js';
import { Beckon } from '#testkit/beckon.js';
import { BeckonServices, type ProcessName } from '#testkit/beckon-services.js';
import { holdTable } from '#testkit/hold-table.js';
import { insist } from '#testkit/insist.js';
import { metricOf } from '#testkit/metric.js';
import { expectProblem } from '#testkit/problem.js';
import { sendRaw } from '#testkit/raw-http.js';
import { serviceOf } from '#testkit/service-of.js';
import { TraceReceiver } from '#testkit/trace-receiver.js';
import { until } from '#testkit/until.js';

const WRITES = 5;

let beckon: BeckonServices;

const collector = new TraceReceiver();

beforeAll(async () => {
  const env = {
    WRITES_PER_SECOND: String(WRITES),
    OTEL_EXPORTER_OTLP_ENDPOINT: await collector.listen(),
    // Spans hand themselves over after this instead of 5 s.
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
  beckon = await BeckonServices.start({ env });
  await beckon.people('ana', 'ben', 'fast');
  await insist(async () => (await beckon.as('ana')).post('/v1/posts', { id: 'p1', body: 'Hello' }));
}, 180_000);
afterAll(async () => {
  await beckon?.stop();
  await collector.close();
});

const document = async (url: string) =>
  (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, object>;
    components: object;
    info: { description: string };
  };

describe('the document', () => {
  it('is the one that all apps in one process have', async () => {
    const together = await Beckon.start();
    try {
      expect(await document(beckon.url)).toEqual(await document(together.url));
    } finally {
      await together.stop();
    }
  });

  it('names no route that leads elsewhere than to whom documents it', async () => {
    const owners: Record<string, ProcessName> = { notification: 'notification-api' };
    for (const service of ['user', 'post', 'comment', 'reaction', 'notification', 'analytics']) {
      const { paths } = await document(beckon.directUrl(owners[service] ?? (service as ProcessName)));
      const own = Object.keys(paths).filter((path) => path !== '/v1/dev/tokens');
      expect(own.length).toBeGreaterThan(0);
      for (const path of own)
        expect([path, serviceOf(path.replaceAll(/\{\w+\}/g, 'x'))]).toEqual([path, service]);
    }
  });

  it('says whose routes are missing while a service has never answered, and keeps nobody waiting', async () => {
    await beckon.endOne('gateway');
    await beckon.endOne('analytics', 0, 'SIGKILL');
    await beckon.runOne('gateway');
    const { paths, info } = await document(beckon.url);
    expect(Object.keys(paths)).toContain('/v1/posts/{postId}');
    expect(info.description).toMatch(/missing, .*: analytics\.$/);
    await beckon.run();
    await until(async () => '/v1/analytics/trending' in (await document(beckon.url)).paths);
    expect((await document(beckon.url)).info.description).not.toContain('missing');
  });

  it('is shown to people, as the page is', async () => {
    expect(await (await fetch(`${beckon.url}/docs/swagger-ui-init.js`)).text()).toContain(
      '/v1/posts/{postId}/reactions',
    );
    const page = await fetch(`${beckon.url}/`);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
  });
});

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
      Array.from({ length: 2 * WRITES }, (_, n) => writes[n % writes.length]!()),
    );
    expect(answers.some(({ status }) => status === 429)).toBe(true);
    for (const answer of answers.filter(({ status }) => status === 429)) {
      expectProblem(answer, 429, 'TOO_MANY_REQUESTS');
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
  });
});

describe('a service that is away', () => {
  const routes: readonly [ProcessName, string][] = [
    ['user', '/v1/users/ana'],
    ['post', '/v1/posts/p1'],
    ['comment', '/v1/posts/p1/comments'],
    ['reaction', '/v1/posts/p1/reactions'],
    ['notification-api', '/v1/notifications/counts'],
    ['analytics', '/v1/analytics/posts/p1'],
  ];

  it.each(routes)('(%s) is 503 on its own routes alone, and health says so', async (name, path) => {
    const ana = await beckon.as('ana');
    await beckon.endOne(name, 0, 'SIGKILL');
    const answer = await ana.get(path);
    expectProblem(answer, 503, 'DEPENDENCY_UNAVAILABLE');
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    // A look-up of what is away may be a 503 too, of the service that needs it.
    for (const [other, served] of routes.filter(([, route]) => route !== path)) {
      const { status, body } = await ana.get(served);
      if (status !== 200)
        expect([other, status, body.detail]).toEqual([
          other,
          503,
          expect.not.stringContaining('service is away'),
        ]);
    }
    const ready = await fetch(`${beckon.url}/health/ready`);
    const { details } = (await ready.json()) as { details: Record<string, { status: string }> };
    const service = name.replace('-api', '');
    expect(ready.status).toBe(200);
    const degraded = Object.keys(details).filter(
      (key) => key.startsWith('http.') && details[key]?.status !== 'up',
    );
    expect(degraded).toEqual([`http.${service}`]);
    expect(Object.keys((await document(beckon.url)).paths)).toContain('/v1/posts/{postId}/reactions');

    await beckon.runOne(name);
    await until(async () => (await ana.get(path)).status === 200);
  });
});

describe('a write whose answer is lost', () => {
  afterEach(() => beckon.run());

  const waitsForLock = async () => {
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return (await beckon.database.query(waiting)).length > 0;
  };

  it.each<[ProcessName, string, 'post' | 'put', string, object | undefined]>([
    ['comment', 'comment.comment', 'post', '/v1/posts/p1/comments', { body: 'Once or never' }],
    ['user', '"user".follow', 'put', '/v1/me/following/ben', undefined],
  ])('(%s) is told apart from one that was not done', async (name, table, method, path, body) => {
    const ana = await beckon.as('ana');
    const release = await holdTable(beckon.database, table);
    let answering: Promise<ApiAnswer> | undefined;
    await until(async () => {
      answering ??= ana[method](path, body);
      if (await waitsForLock()) return true;
      // On a busy machine a look-up may miss its deadline before anything is written.
      const early = await Promise.race([answering, wait(0)]);
      if (early?.status === 503) answering = undefined;
      return false;
    });
    await beckon.endOne(name, 0, 'SIGKILL');
    const answer = await answering!;
    await release();
    expectProblem(answer, 504, 'ANSWER_LOST');
    expect(answer.headers.get('retry-after')).toBeNull();
    // The next one reaches nobody.
    expectProblem(await ana[method](path, body), 503, 'DEPENDENCY_UNAVAILABLE');
  });
});
