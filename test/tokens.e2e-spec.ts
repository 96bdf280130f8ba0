import { Beckon } from '#testkit/beckon.js';
import { expectProblem } from '#testkit/problem.js';
import { SERVICE_SECRET, signToken, USER_SECRET } from '#testkit/tokens.js';
import { SignJWT, UnsecuredJWT } from 'jose';

const ROUTE = '/v1/notifications/counts';
const now = Math.floor(Date.now() / 1000);
const good = { sub: 'ana', iss: 'beckon', aud: 'beckon', iat: now, exp: now + 3600 };

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana');
});
afterAll(() => beckon?.stop());

const withToken = (token: string) => beckon.withHeaders({ authorization: `Bearer ${token}` });
const sign = (payload: object, header: object = {}, secret = USER_SECRET) =>
  new SignJWT(payload as Record<string, unknown>)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header })
    .sign(new TextEncoder().encode(secret));
const without = (claim: keyof typeof good) => ({ ...good, [claim]: undefined });
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  it.each([
    ['as networks sign it', good, {}],
    ['of the type at+jwt', good, { typ: 'at+jwt' }],
    ['without a type', good, { typ: undefined }],
    ['for several audiences', { ...good, aud: ['other', 'beckon'] }, {}],
    ['with a key id that means nothing here', good, { kid: '../../../../dev/null' }],
  ])('%s is good', async (_, payload, header) => {
    expect((await withToken(await sign(payload, header)).get(ROUTE)).status).toBe(200);
  });

  it('that has ended just now is good for clocks that differ a little', async () => {
    const token = await sign({ ...good, exp: Math.floor(Date.now() / 1000) - 1 });
    expect((await withToken(token).get(ROUTE)).status).toBe(200);
  });

  it.each([
    ['of another issuer', { ...good, iss: 'evil' }, {}],
    ['of no issuer', without('iss'), {}],
    ['for another audience', { ...good, aud: 'billing' }, {}],
    ['for other audiences', { ...good, aud: ['billing', 'mail'] }, {}],
    ['for no audience', without('aud'), {}],
    ['that has expired', { ...good, exp: now - 60 }, {}],
    ['that never expires', without('exp'), {}],
    ['that expires in words', { ...good, exp: 'never' }, {}],
    ['that is not good yet', { ...good, nbf: now + 60 }, {}],
    ['of nobody', without('sub'), {}],
    ['of an empty user', { ...good, sub: '' }, {}],
    ['of a user with NUL', { ...good, sub: 'ana\0' }, {}],
    ['of a user who is a path', { ...good, sub: '../ana' }, {}],
    ['of a user of 65 characters', { ...good, sub: 'a'.repeat(65) }, {}],
    ['of a user who is a number', { ...good, sub: 7 }, {}],
    ['of a user who is a list', { ...good, sub: ['ana'] }, {}],
    ['of the type id_token', good, { typ: 'id_token+jwt' }],
    ['of the type refresh', good, { typ: 'rt+jwt' }],
    ['with a demand that nobody knows', good, { crit: ['x'], x: 1 }],
  ])('%s is refused', async (_, payload, header) => {
    const token = await sign(payload, header).catch(() => {
      const [head, body] = [encode({ alg: 'HS256', typ: 'JWT', ...header }), encode(payload)];
      return `${head}.${body}.c2lnbmF0dXJl`;
    });
    expectProblem(await withToken(token).get(ROUTE), 401, 'UNAUTHENTICATED');
  });

  it('that is missing is asked for by its scheme', async () => {
    const { status, headers } = await withToken('').get(ROUTE);
    expect({ status, scheme: headers.get('www-authenticate') }).toEqual({ status: 401, scheme: 'Bearer' });
  });

  it('without a signature is refused, however it spells that', async () => {
    const unsecured = new UnsecuredJWT({}).setSubject('ana').setIssuer('beckon').setAudience('beckon');
    expectProblem(
      await withToken(unsecured.setExpirationTime('1h').encode()).get(ROUTE),
      401,
      'UNAUTHENTICATED',
    );
    const signature = (await sign(good)).split('.')[2];
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, undefined, 'HS256 ', 'hs256']) {
      for (const end of ['', signature]) {
        const token = `${encode({ alg, typ: 'JWT' })}.${encode(good)}.${end}`;
        expectProblem(await withToken(token).get(ROUTE), 401, 'UNAUTHENTICATED');
      }
    }
  });

  it('signed with another key or algorithm is refused', async () => {
    const tokens = await Promise.all([
      sign(good, {}, 'another-secret-that-is-long-enough'),
      sign(good, {}, SERVICE_SECRET),
      sign({ ...good, iss: 'beckon-internal', scope: 'service' }, {}, SERVICE_SECRET),
      sign({ ...good, iss: 'beckon-internal' }),
      sign(good, { alg: 'HS384' }, USER_SECRET.repeat(2)),
      sign(good, { alg: 'HS512' }, USER_SECRET.repeat(2)),
    ]);
    for (const token of tokens) expectProblem(await withToken(token).get(ROUTE), 401, 'UNAUTHENTICATED');
  });

  it('that was changed after it was signed is refused', async () => {
    const [head, , signature] = (await sign(good)).split('.');
    const claims = [
      { ...good, sub: 'ben' },
      { ...good, scope: 'admin' },
    ];
    for (const payload of claims) {
      const token = `${head}.${encode(payload)}.${signature}`;
      expectProblem(await withToken(token).get(ROUTE), 401, 'UNAUTHENTICATED');
    }
  });

  it('is asked for in one header and one form', async () => {
    const token = await beckon.tokenOf('ana');
    const forms = [
      '',
      'Bearer',
      'Bearer ',
      token,
      `Basic ${token}`,
      `Bearer ${token} ${token}`,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer "${token}"`,
      'Bearer a.b.c',
      'Bearer ...',
      `Bearer ${token}.x`,
      `Bearer ${'a'.repeat(8_000)}`,
    ];
    for (const authorization of forms) {
      const answer = await beckon.withHeaders({ authorization }).get(ROUTE);
      expectProblem(answer, 401, 'UNAUTHENTICATED');
    }
    expectProblem(await beckon.withHeaders({}).get(ROUTE), 401, 'UNAUTHENTICATED');
    const inUrl = await beckon.withHeaders({}).get(`/v1/notifications?access_token=${token}`);
    expectProblem(inUrl, 401, 'UNAUTHENTICATED');
    const inCookie = await beckon.withHeaders({ cookie: `token=${token}` }).get(ROUTE);
    expectProblem(inCookie, 401, 'UNAUTHENTICATED');
    const lower = await beckon.withHeaders({ authorization: `bearer ${token}` }).get(ROUTE);
    expect(lower.status).toBe(200);
  });

  it('that lasts past all calendars is good everywhere', async () => {
    for (const exp of [Date.now() * 1000, 1e13, Number.MAX_SAFE_INTEGER, 1e300]) {
      const api = withToken(await sign({ ...good, exp }));
      expect((await api.get(ROUTE)).status).toBe(200);
      expect((await api.post('/v1/notifications/stream-tickets')).status).toBe(200);
    }
  });
});

describe('a scope', () => {
  const load = async (scope: unknown) =>
    withToken(await sign({ ...good, sub: 'network', scope })).post('/v1/batch/users', {
      users: [{ id: 'made', handle: 'made', displayName: 'Made' }],
    });

  it('is one word of a list', async () => {
    expect((await load('service')).status).toBe(200);
    expect((await load('read service write')).status).toBe(200);
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['another', 'admin'],
    ['a word that begins like it', 'services'],
    ['another letter case', 'Service'],
    ['commas for spaces', 'admin,service'],
    ['a list that is no text', ['service']],
    ['a truth', true],
  ])('that is %s opens no door', async (_, scope) => {
    expectProblem(await load(scope), 403, 'FORBIDDEN');
  });
});

describe('a development token', () => {
  it('is anybody’s for the asking, and works', async () => {
    const anyone = beckon.withHeaders({});
    const issued = await anyone.post('/v1/dev/tokens', { userId: 'ana' });
    expect(issued).toMatchObject({ status: 200, body: { expiresIn: 86_400 } });
    expect((await withToken(issued.body.token).get(ROUTE)).status).toBe(200);
    const service = await anyone.post('/v1/dev/tokens', { userId: 'network', scope: 'service admin' });
    const acting = beckon.withHeaders({
      authorization: `Bearer ${service.body.token}`,
      'beckon-actor': 'ana',
    });
    expect((await acting.get(ROUTE)).status).toBe(200);
  });

  it('is for a user who is possible, with scopes that there are', async () => {
    const anyone = beckon.withHeaders({});
    for (const [body, path] of [
      [{}, 'body.userId'],
      [{ userId: 'a.b' }, 'body.userId'],
      [{ userId: 'ana', scope: 'root' }, 'body.scope'],
      [{ userId: 'ana', expiresIn: 1e9 }, 'body'],
    ] as const) {
      expectProblem(await anyone.post('/v1/dev/tokens', body), 400, 'INVALID_INPUT', path);
    }
  });

  it('is no better than one that the network signs', async () => {
    const expired = await signToken('ana', { expiresInSeconds: -60 });
    expectProblem(await withToken(expired).post('/v1/posts', { body: 'x' }), 401, 'UNAUTHENTICATED');
  });
});
