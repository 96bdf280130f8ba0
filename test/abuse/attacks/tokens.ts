import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';

import * as beckonV1 from '#contracts/generated/beckon/v1/beckon.js';
import { GrpcCaller } from '#testkit/grpc.js';
import { USER_SECRET } from '#testkit/tokens.js';

import type { Assault, Attack } from '../attack.js';
import { fillPath, operationsOf } from '../openapi.js';
import { answered } from '../send.js';
import type { Target } from '../target.js';

/** Fits into the 16 KB that headers may have. */
const LONG_TOKEN = 12_000;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const bytes = (text: string) => new TextEncoder().encode(text);

/**
 * Tokens that nobody was given, each at every door: all routes, the stream and gRPC. All are refused as not
 * authenticated, and none makes the process connect to where it says.
 */
export const tokens: Attack = {
  name: 'tokens',
  title: 'forged, swapped, expired and self-certified JWTs at every door',
  async run(assault) {
    const { target, findings, random } = assault;
    const forged = await forgeries(target);
    const routes = operationsOf(target.document).filter(({ open }) => !open);
    const rounds = assault.scaled(routes.length * 2, 4);
    let tried = 0;
    for (const [name, token] of forged) {
      for (let round = 0; round < rounds; round++) {
        const { method, path } = random.pick(routes);
        const url = `${target.beckon.url}${fillPath(path, () => 'x')}`;
        const answer = await answered(
          await fetch(url, { method, headers: { authorization: `Bearer ${token}` } }),
        );
        findings.answered(answer.status, answer.headers, () => `${method} ${path}`);
        findings.expect(
          answer.status === 401,
          () => `${name} at ${method} ${path}: ${answer.status} ${answer.text}`,
        );
        tried++;
      }
    }
    await tryGrpc(assault, forged);
    findings.expect(
      target.canary.connections === 0,
      () => `${target.canary.connections} connections to where tokens said their keys are`,
    );
    findings.note(`${forged.length} forgeries, ${tried} requests, connections to their key servers 0`);
  },
};

async function tryGrpc(
  { target, findings }: Assault,
  forged: readonly (readonly [string, string])[],
): Promise<void> {
  const grpc = new GrpcCaller(target.beckon.grpcAddress, null);
  try {
    for (const [name, token] of forged) {
      const answer = await grpc.call(
        beckonV1.UserProfileServiceClient,
        (client) => client.getProfiles,
        { ids: ['vera'] },
        token,
      );
      findings.attempts++;
      findings.expect(answer === 'UNAUTHENTICATED', () => `${name} by gRPC: ${JSON.stringify(answer)}`);
    }
  } finally {
    grpc.close();
  }
}

/** Each with the trick that it tries. All claim to be the victim's, with every scope. */
async function forgeries({ keys, canary, victim, beckon }: Target): Promise<(readonly [string, string])[]> {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    sub: victim.id,
    iss: 'beckon',
    aud: 'beckon',
    iat: now,
    exp: now + 3_600,
    scope: 'service admin',
  };
  const sign = (key: Parameters<SignJWT['sign']>[0], header: object, payload: object = claims) =>
    new SignJWT({ ...payload })
      .setProtectedHeader({ typ: 'JWT', ...header } as JWTHeaderParameters)
      .sign(key);
  const shared = (payload: object, header: object = {}) =>
    sign(bytes(USER_SECRET), { alg: 'HS256', ...header }, payload);
  const own = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(own.publicKey);
  const published = await exportSPKI(keys.publicKey);
  const good = await beckon.tokenOf('mallory');
  const [head = '', , signature = ''] = good.split('.');
  const rs = { alg: 'RS256', kid: 'key-1' };
  const found: [string, string | Promise<string>][] = [
    ...['none', 'None', 'NONE', '', null, 'HS256 ', 'RSA'].flatMap((alg): [string, string][] => [
      [`alg ${alg}, no signature`, `${encode({ alg, typ: 'JWT' })}.${encode(claims)}.`],
      [`alg ${alg}, another's signature`, `${encode({ alg, typ: 'JWT' })}.${encode(claims)}.${signature}`],
    ]),
    ['empty signature', `${head}.${encode(claims)}.`],
    ['swapped payload', `${head}.${encode(claims)}.${signature}`],
    ['two parts', `${head}.${encode(claims)}`],
    ['six parts', `${good}.a.b.c`],
    ...[published, published.trim(), `${published}\n`, JSON.stringify(await exportJWK(keys.publicKey))].map(
      (text, n): [string, Promise<string>] => [
        `published key as secret, form ${n}`,
        sign(bytes(text), { alg: 'HS256', kid: 'key-1' }),
      ],
    ),
    ...['../../../../dev/null', '/proc/self/environ', "' UNION SELECT 'x' --", canary.url, '|id', ''].map(
      (kid): [string, Promise<string>] => [`kid ${kid}`, sign(own.privateKey, { alg: 'RS256', kid })],
    ),
    ...['jku', 'x5u'].map((name): [string, Promise<string>] => [
      `${name} of the attacker`,
      sign(own.privateKey, { ...rs, [name]: `${canary.url}/jwks.json` }),
    ]),
    ['issuer of the attacker', sign(own.privateKey, rs, { ...claims, iss: canary.url })],
    ['embedded jwk', sign(own.privateKey, { ...rs, jwk })],
    [
      'embedded jwk with jku inside',
      sign(own.privateKey, { alg: 'RS256', jwk: { ...jwk, jku: canary.url } }),
    ],
    ['embedded x5c', sign(own.privateKey, { ...rs, x5c: ['TUlJQg=='] })],
    ['unknown kid', sign(own.privateKey, { alg: 'RS256', kid: 'key-2' })],
    [
      'published key, wrong algorithm',
      `${encode({ alg: 'PS256', kid: 'key-1' })}.${encode(claims)}.${signature}`,
    ],
    [
      'crit that nobody knows',
      `${encode({ alg: 'HS256', crit: ['x'], x: 1 })}.${encode(claims)}.${signature}`,
    ],
    ['crit b64', `${encode({ alg: 'HS256', crit: ['b64'], b64: false })}.${encode(claims)}.${signature}`],
    ['wrong iss', shared({ ...claims, iss: 'evil' })],
    ['wrong aud', shared({ ...claims, aud: ['billing'] })],
    ['wrong typ', shared(claims, { typ: 'rt+jwt' })],
    ['expired', shared({ ...claims, exp: now - 60 })],
    ['not yet valid', shared({ ...claims, nbf: now + 60 })],
    ['no end', shared({ ...claims, exp: undefined })],
    ['wrong iss, published key', sign(keys.privateKey, rs, { ...claims, iss: 'evil' })],
    ['expired, published key', sign(keys.privateKey, rs, { ...claims, exp: now - 60 })],
    ['impossible user', shared({ ...claims, sub: "vera' --" })],
    ['user that is an object', shared({ ...claims, sub: { $ne: null } })],
    [
      'compressed',
      `${encode({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })}..${'a'.repeat(16)}.${'a'.repeat(64)}.${'a'.repeat(22)}`,
    ],
    ['huge', `${head}.${'a'.repeat(LONG_TOKEN)}.${signature}`],
    ['deep header', `${Buffer.from('['.repeat(3_000)).toString('base64url')}.${encode(claims)}.${signature}`],
    [
      'proto in header',
      `${Buffer.from('{"__proto__":{"alg":"HS256"}}').toString('base64url')}.${encode(claims)}.${signature}`,
    ],
  ];
  return Promise.all(found.map(async ([name, token]) => [name, await token] as const));
}
