import { Beckon } from '#testkit/beckon.js';
import { expectProblem } from '#testkit/problem.js';
import { sendRaw } from '#testkit/raw-http.js';

let beckon: Beckon;
let token: string;

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana');
  token = await beckon.tokenOf('ana');
});
afterAll(() => beckon?.stop());

/** A path as it is, which fetch would tidy up first. */
const get = (target: string, lines = '', method = 'GET') =>
  sendRaw(beckon.url, {
    text: Buffer.from(
      `${method} ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${lines}Connection: close\r\n\r\n`,
      'latin1',
    ),
  });

describe('a path', () => {
  it.each([
    ['/v1/users/%00'],
    ['/v1/users/ana%00'],
    ['/v1/posts/%ED%A0%80'],
    ['/v1/posts/%FF'],
    ['/v1/posts/%C0%AF'],
    ['/v1/posts/%'],
    ['/v1/posts/%z1'],
    ['/v1/posts/%E2%82'],
    ['/v1/posts/a%2Fb'],
    ['/v1/posts/..%2F..%2Fetc%2Fpasswd'],
    ['/v1/posts/%E2%80%AEp1'],
    ['/v1/posts/p1;x=1'],
    ['/v1/posts/{postId}'],
    ['/v1/posts/__proto__.x'],
    [`/v1/posts/${'a'.repeat(256)}`],
    [`/v1/posts/${'a'.repeat(8_000)}`],
    ['/v1/notifications/%00'],
    ["/v1/notifications/'%20OR%201=1"],
    ['/v1/comments/%00/reactions'],
  ])('%s is invalid input', async (path) => {
    expectProblem(await get(path), 400, 'INVALID_INPUT');
  });

  it.each([
    ['/'.repeat(50)],
    ['/v1'],
    ['/v1/'],
    ['/v2/posts/p1'],
    ['/V1/posts/p1'],
    ['/v1/postss'],
    ['//v1/posts/p1'],
    ['/v1//posts/p1'],
    ['/v1/posts/p1/nothing'],
    ['/v1/users'],
    ['/v1/admin/nothing'],
    ['/.env'],
    ['/../../../../etc/passwd'],
    ['/%2e%2e/%2e%2e/etc/passwd'],
    ['/v1/../../package.json'],
    ['/__proto__'],
    ['/constructor'],
    ['/v1/constructor/prototype'],
    ['/docs/../../../package.json'],
    ['/docs/%2e%2e/%2e%2e/package.json'],
    ['/docs/%00'],
    ['/favicon.svg%00'],
  ])('%s leads nowhere', async (path) => {
    expectProblem(await get(path), 404, 'ROUTE_NOT_FOUND');
  });

  it('leads nowhere without a token too', async () => {
    expectProblem(await beckon.withHeaders({}).get('/v1/nothing'), 404, 'ROUTE_NOT_FOUND');
  });

  it.each([
    ['POST', '/v1/users/ana'],
    ['DELETE', '/v1/users/ana'],
    ['PATCH', '/v1/posts/p1'],
    ['PUT', '/v1/posts'],
    ['POST', '/v1/me/following/ana'],
    ['GET', '/v1/batch/users'],
    ['GET', '/v1/notifications/stream-tickets/x/y'],
    ['DELETE', '/v1/notifications'],
    ['OPTIONS', '/v1/posts'],
    ['TRACE', '/v1/posts'],
    ['PROPFIND', '/v1/posts'],
    ['POST', '/health/live'],
    ['DELETE', '/metrics'],
  ])('takes no method %s at %s', async (method, path) => {
    const answer = await get(path, '', method);
    expect([404, 405]).toContain(answer.status);
    expectProblem(answer, answer.status, 'ROUTE_NOT_FOUND');
  });

  it('takes no method that nobody knows', async () => {
    expectProblem(await get('/v1/posts', '', 'FETCH'), 400, 'INVALID_INPUT');
  });
});

describe('a query', () => {
  it.each([
    ['/v1/notifications?cursor=%00', 'query.cursor'],
    ['/v1/notifications?cursor=%ED%A0%80', 'query.cursor'],
    ['/v1/notifications?cursor=%zz', 'query.cursor'],
    ['/v1/notifications?type=%00', 'query.type'],
    ['/v1/notifications?limit=%zz', 'query.limit'],
    ['/v1/notifications?limit=NaN', 'query.limit'],
    ['/v1/notifications?limit=1e1000', 'query.limit'],
    ['/v1/notifications?limit=-0.5', 'query.limit'],
    ['/v1/notifications?limit[]=1', 'query'],
    ['/v1/notifications?__proto__[limit]=1', 'query'],
    ['/v1/notifications?%00=1', 'query'],
    ['/v1/posts?author=ana%00', 'query.author'],
    ['/v1/posts?author=%FF', 'query.author'],
    ['/v1/posts?author[$ne]=x', 'query', 'query.author'],
    ['/v1/analytics/trending?window=%00', 'query.window'],
    ['/v1/posts/none/reactions?type=%00', 'query.type'],
    [`/v1/notifications?${Array.from({ length: 1000 }, (_, n) => `a${n}=`).join('&')}`, 'query'],
  ])('%s is invalid input', async (target, ...paths) => {
    expectProblem(await get(target), 400, 'INVALID_INPUT', ...paths);
  });
});

describe('a query that names what all objects have', () => {
  it.each(['__proto__', 'constructor', 'toString'])('changes nothing (%s)', async (name) => {
    const answer = await get(`/v1/notifications?${name}=1`);
    if (answer.status !== 200) expectProblem(answer, 400, 'INVALID_INPUT', 'query');
    else expect(answer.body).toMatchObject({ groups: [], page: { next: null } });
    expect((await get('/v1/notifications')).status).toBe(200);
  });
});

describe('headers', () => {
  it('that no page can satisfy are refused', async () => {
    for (const lines of ['Range: bytes=99999999-\r\n', 'If-Match: "x"\r\n']) {
      expectProblem(await get('/docs/swagger-ui.css', lines), 400, 'INVALID_INPUT');
    }
  });

  it('with NUL or line breaks inside are refused', async () => {
    for (const line of ['X-Evil: a\0b', 'X-Evil: a\rb', 'X\0Evil: a', 'No colon here', ': no name']) {
      expectProblem(await get('/v1/posts?author=ana', `${line}\r\n`), 400, 'INVALID_INPUT');
    }
  });

  it('larger than 16 KB, one or all together, are refused', async () => {
    const many = Array.from({ length: 300 }, (_, n) => `X-H${n}: ${'x'.repeat(60)}\r\n`).join('');
    for (const lines of [`X-Large: ${'x'.repeat(17_000)}\r\n`, many]) {
      expectProblem(await get('/v1/posts?author=ana', lines), 431, 'HEADERS_TOO_LARGE');
    }
    expectProblem(await get(`/v1/posts/${'a'.repeat(17_000)}`), 431, 'HEADERS_TOO_LARGE');
  });

  it('that other services trust say nothing here', async () => {
    const lines =
      'X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /metrics\r\nX-User-Id: ben\r\nX-Forwarded-For: ::1\r\n';
    const answer = await get('/v1/notifications/counts', lines);
    expect(answer).toMatchObject({ status: 200, body: { unread: 0, unseen: 0, seq: 0 } });
  });

  it('name the request: an id that is given is echoed, one that is not is made', async () => {
    const ana = await beckon.as('ana');
    const given = await ana.get('/v1/posts/none', { 'x-request-id': 'my-request_7' });
    expectProblem(given, 404, 'POST_NOT_FOUND');
    expect(given.body.requestId).toBe('my-request_7');
    const good = await ana.get('/v1/notifications', { 'x-request-id': 'my-request_8' });
    expect(good.headers.get('x-request-id')).toBe('my-request_8');
    const ids = new Set<string | null>();
    for (const bad of ['a'.repeat(65), 'a b', '<b>', 'x"y', '', 'ü']) {
      const answer = await ana.get('/v1/posts/none', { 'x-request-id': bad });
      expect(answer.headers.get('x-request-id')).not.toBe(bad);
      expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
      ids.add(answer.headers.get('x-request-id'));
    }
    expect(ids.size).toBe(6);
  });

  it.each(['/v1/notifications', '/v1/nothing', '/v1/posts/%00', '/docs', '/openapi.json', '/health/live'])(
    'of the answer at %s keep browsers safe',
    async (path) => {
      const { headers } = await get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toMatch(/DENY|SAMEORIGIN/);
      expect(headers.get('strict-transport-security')).toMatch(/max-age=/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'self'.*object-src 'none'/);
      expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/);
      expect(headers.get('x-request-id')).toMatch(/./);
      expect(headers.has('x-powered-by')).toBe(false);
      expect(headers.has('server')).toBe(false);
    },
  );

  it('of other origins open nothing when none is configured', async () => {
    const { headers } = await get('/v1/notifications', 'Origin: https://evil.example\r\n');
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});
