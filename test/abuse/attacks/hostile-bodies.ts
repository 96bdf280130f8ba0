import type { Random } from '#testkit/random.js';

import type { Assault, Attack } from '../attack.js';
import { type Operation, operationsOf } from '../openapi.js';
import { answered } from '../send.js';
import type { Target } from '../target.js';

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

/** Never valid, whatever else a body has to be. The first field is there twice, or reaches a prototype, or is too deep. */
const REFUSED: readonly ((body: string) => string)[] = [
  (body) => body.replace('{', '{"__proto__":{"admin":true},'),
  (body) => body.replace('{', '{"constructor":{"prototype":{"admin":true}},'),
  (body) => body.replace('{', '{"\\u005f\\u005fproto__":1,'),
  (body) => body.replace('{', '{"x":1,"x":1,'),
  (body) => body.replace('{', '{"nobody-asked":1,'),
  (body) => body.replace('{', '{"":1,'),
  (body) => body.replace('{', '{"\\u0000":1,'),
  (body) => body.replace('{', '{"\\ud800":1,'),
  (body) => body.replace('{', `{"deep":${nested(33, '[', ']')},`),
  (body) => body.replace('{', `{"deep":${nested(20_000, '[', ']')},`),
  (body) => body.replace('{', `{"deep":${'{"a":'.repeat(10_000)}`),
  (body) => `[${body}]`,
  (body) => `${body}${body}`,
  (body) => `${body}\0`,
  (body) => `\ufeff${body}`,
  (body) => body.slice(0, -1),
  () => 'null',
  () => '"__proto__"',
];
const WRONG_TYPES = [
  'text/plain',
  'application/xml',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/jsonp',
  'x',
];

/** JSON that means harm, and bytes that are no JSON at all, at every route that takes a body. */
export const hostileBodies: Attack = {
  name: 'hostile-bodies',
  title: 'prototype names, duplicates, depth, wrong types, bytes that are not UTF-8',
  async run(assault) {
    const { target, findings, random } = assault;
    const routes = operationsOf(target.document).filter(({ body }) => body !== undefined);
    const flips = assault.scaled(2_000, 20);
    for (const route of routes) {
      const example = exampleOf(target, route);
      for (const spoil of REFUSED) await expectRefused(assault, route, Buffer.from(spoil(example)), [400]);
      for (const type of WRONG_TYPES) await expectRefused(assault, route, Buffer.from(example), [415], type);
      for (let flip = 0; flip < flips; flip++) await send(assault, route, flipped(example, random));
    }
    findings.note(
      `${routes.length} routes × ${REFUSED.length + WRONG_TYPES.length} spoilt bodies and ${flips} of random bytes`,
    );
    findings.expect(await target.victim.isUntouched(), () => 'what belongs to the victim was changed');
  },
};

async function expectRefused(
  assault: Assault,
  route: Operation,
  body: Buffer,
  expected: readonly number[],
  type?: string,
): Promise<void> {
  const { status, text } = await send(assault, route, body, type);
  assault.findings.expect(
    expected.includes(status),
    () => `${route.name} took ${body.subarray(0, 120).toString()} (${type ?? 'JSON'}): ${status} ${text}`,
  );
}

async function send(
  { target, findings }: Assault,
  { method, path, name }: Operation,
  body: Buffer,
  type = 'application/json',
): Promise<{ status: number; text: string }> {
  const scope = path.startsWith('/v1/admin') ? 'admin' : 'service';
  const response = await fetch(`${target.beckon.url}${path.replace(/\{\w+\}/g, 'mallory')}`, {
    method,
    headers: {
      authorization: `Bearer ${await target.beckon.tokenOf('network', scope)}`,
      ...(scope === 'service' ? { 'beckon-actor': 'mallory' } : {}),
      'content-type': type,
    },
    body,
  });
  const answer = await answered(response);
  findings.answered(
    answer.status,
    answer.headers,
    () => `${name} with ${body.toString('hex').slice(0, 400)}`,
  );
  return answer;
}

/** A body in which some bytes are others, which is rarely UTF-8 and sometimes still JSON. */
function flipped(body: string, random: Random): Buffer {
  const bytes = Buffer.from(body);
  for (let changes = 1 + Math.floor(random.next() * 3); changes > 0; changes--)
    bytes[Math.floor(random.next() * bytes.length)] = Math.floor(random.next() * 256);
  return bytes;
}

/** The document's own example, about nobody else than the attacker. */
function exampleOf({ document }: Target, { body }: Operation): string {
  const name = body?.$ref?.split('/').at(-1) ?? '';
  const { example } = (document.components.schemas[name] ?? {}) as { example?: unknown };
  if (example === undefined) throw new Error(`${name} has no example`);
  return JSON.stringify(example);
}
