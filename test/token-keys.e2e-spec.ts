import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';

import { Beckon } from '#testkit/beckon.js';
import { KeyServer } from '#testkit/key-server.js';
import { expectProblem } from '#testkit/problem.js';
import { USER_SECRET } from '#testkit/tokens.js';

const ROUTE = '/v1/notifications/counts';
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;

const keys = new KeyServer();
const attacker = new KeyServer();
const own = {} as Record<(typeof ALGORITHMS)[number], { privateKey: CryptoKey; publicKey: CryptoKey }>;
let forged: { privateKey: CryptoKey; publicKey: CryptoKey };
let beckon: Beckon;
let attackerUrl: string;

beforeAll(async () => {
  const set: JWK[] = [];
  for (const alg of ALGORITHMS) {
    own[alg] = await generateKeyPair(alg, { extractable: true });
    set.push({ ...(await exportJWK(own[alg].publicKey)), kid: `key-${alg}`, use: 'sig' });
  }
  forged = await generateKeyPair('RS256', { extractable: true });
  attacker.answer.body = JSON.stringify({
    keys: [{ ...(await exportJWK(forged.publicKey)), kid: 'key-RS256', alg: 'RS256' }],
  });
  attackerUrl = await attacker.listen();
  beckon = await Beckon.start({ env: { AUTH_JWKS_URL: await keys.listen(), BECKON_ENV: 'test' } });
  keys.answer.body = JSON.stringify({ keys: set });
});
afterAll(async () => {
  await keys?.close();
  await attacker?.close();
  await beckon?.stop();
});

const sign = (key: CryptoKey | Uint8Array, header: JWTHeaderParameters, claims: object = {}) =>
  new SignJWT({ sub: 'ana', iss: 'beckon', aud: 'beckon', ...claims })
    .setProtectedHeader({ typ: 'JWT', ...header })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(key);
const ask = (token: string) => beckon.withHeaders({ authorization: `Bearer ${token}` }).get(ROUTE);

describe('keys that a network publishes', () => {
  it.each([
    ['does not answer well', { status: 500, body: 'oops' }],
    ['answers what is no JSON', { status: 200, body: '<html>' }],
    ['answers what is no key set', { status: 200, body: '{"keys":"none"}' }],
  ])('say nothing of a token while their server %s', async (_, trouble) => {
    const good = { ...keys.answer };
    const token = await sign(own.RS256.privateKey, { alg: 'RS256', kid: 'key-RS256' });
    keys.answer = trouble;
    const answer = await ask(token);
    keys.answer = good;
    expectProblem(answer, 503, 'DEPENDENCY_UNAVAILABLE');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each(ALGORITHMS)('open the door to a token of %s', async (alg) => {
    const token = await sign(own[alg].privateKey, { alg, kid: `key-${alg}` });
    expect((await ask(token)).status).toBe(200);
    const scoped = await sign(own[alg].privateKey, { alg, kid: `key-${alg}` }, { scope: 'service' });
    expectProblem(await ask(scoped), 400, 'ACTOR_REQUIRED');
  });

  it.each(ALGORITHMS)('hold a token of %s to issuer, audience, time and user', async (alg) => {
    const header = { alg, kid: `key-${alg}` };
    for (const claims of [{ iss: 'evil' }, { aud: 'billing' }, { sub: 'a.b' }, { sub: undefined }]) {
      expectProblem(await ask(await sign(own[alg].privateKey, header, claims)), 401, 'UNAUTHENTICATED');
    }
    const expired = await new SignJWT({ sub: 'ana', iss: 'beckon', aud: 'beckon', exp: 1_700_000_000 })
      .setProtectedHeader(header)
      .sign(own[alg].privateKey);
    expectProblem(await ask(expired), 401, 'UNAUTHENTICATED');
  });

  it('are no shared secrets: a token signed with the text of a public key is refused', async () => {
    const jwk = await exportJWK(own.RS256.publicKey);
    const pem = await exportSPKI(own.RS256.publicKey);
    const texts = [pem, pem.trim(), `${pem}\n`, JSON.stringify(jwk), jwk.n ?? '', keys.answer.body];
    for (const text of texts) {
      const secret = new TextEncoder().encode(text);
      for (const kid of ['key-RS256', undefined]) {
        const header = { alg: 'HS256', ...(kid === undefined ? {} : { kid }) };
        expectProblem(await ask(await sign(secret, header)), 401, 'UNAUTHENTICATED');
      }
    }
  });

  it('stand beside the shared secret, which goes on to be good', async () => {
    const secret = new TextEncoder().encode(USER_SECRET);
    expect((await ask(await sign(secret, { alg: 'HS256' }))).status).toBe(200);
  });

  it("are not replaced by the token's own", async () => {
    const jwk = await exportJWK(forged.publicKey);
    const headers = [
      { kid: 'key-RS256' },
      { kid: 'key-RS256', jwk },
      { jwk },
      { kid: 'key-RS256', jku: attackerUrl },
      { kid: attackerUrl, jku: attackerUrl },
      { kid: 'key-RS256', x5u: attackerUrl },
      { kid: '../../../../../../dev/null' },
      { kid: '/proc/self/environ' },
      { kid: "' UNION SELECT 'x' --" },
      {},
    ];
    for (const header of headers) {
      const token = await sign(forged.privateKey, { alg: 'RS256', ...header } as JWTHeaderParameters);
      expectProblem(await ask(token), 401, 'UNAUTHENTICATED');
    }
    expect(attacker.requests).toBe(0);
  });

  it('are used for their own algorithm only', async () => {
    const es = await sign(own.ES256.privateKey, { alg: 'ES256', kid: 'key-RS256' });
    expectProblem(await ask(es), 401, 'UNAUTHENTICATED');
    const [, payload, signature] = (
      await sign(own.RS256.privateKey, { alg: 'RS256', kid: 'key-RS256' })
    ).split('.');
    for (const alg of ['PS256', 'RS384', 'RS512', 'ES256', 'EdDSA', 'HS256', 'none']) {
      const head = Buffer.from(JSON.stringify({ alg, kid: 'key-RS256', typ: 'JWT' })).toString('base64url');
      expectProblem(await ask(`${head}.${payload}.${signature}`), 401, 'UNAUTHENTICATED');
    }
  });

  it('are not fetched for every token', async () => {
    const before = keys.requests;
    for (let n = 0; n < 10; n++) {
      await ask(await sign(forged.privateKey, { alg: 'RS256', kid: `unknown-${n}` }));
      await ask(await sign(own.EdDSA.privateKey, { alg: 'EdDSA', kid: 'key-EdDSA' }));
    }
    expect(keys.requests - before).toBeLessThanOrEqual(1);
  });
});

describe('outside of development', () => {
  it('there are no tokens for the asking, and none are documented', async () => {
    const answer = await beckon.withHeaders({}).post('/v1/dev/tokens', { userId: 'ana' });
    expectProblem(answer, 404, 'ROUTE_NOT_FOUND');
    const { paths } = (await (await fetch(`${beckon.url}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(paths)).toContain('/v1/posts');
    expect(Object.keys(paths).filter((path) => path.includes('dev'))).toEqual([]);
  });
});
