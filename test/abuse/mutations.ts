import fc from 'fast-check';

import type { Draft } from './valid-requests.js';

const DEEP = Array.from({ length: 40 }).reduce<unknown>((inner) => [inner], 'deep');

/** Values that are wrong nearly everywhere, as JSON. */
// oxfmt-ignore
const VALUES: readonly unknown[] = [
  null, true, -1, 0, 1.5, 1e308, -0, 2 ** 53, [], {}, '', ' ', '\0', 'nul \0 inside', '\ud800', 'x\udc00y',
  '\u202egnp.exe', '\u2066isolate', '\ufeff', 'аnа', 'ａｎａ', '👩🏽‍🚀', "' OR 1=1 --", '"; DROP TABLE "user".profile; --',
  '<img src=x onerror=alert(1)>', '${7*7}{{7*7}}', '../../../etc/passwd', 'x'.repeat(20_000), '\r\nSet-Cookie: a=b',
  ['a', ['b']], { $ne: null }, { toString: 1 }, DEEP, [null], '1e5', 'NaN', '00000000-0000-0000-0000-000000000000',
];

/** Names that JavaScript objects have by birth, and names that nobody asked for. */
const FIELDS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'extra',
  '',
  'a\0b',
  'id',
  'actorId',
  'isAdmin',
];

/** In a path or a query these go out as they stand. */
// oxfmt-ignore
const ENCODED = [
  '%00', 'a%00', '%ED%A0%80', '%FF', '%C0%AF', '%', '%zz', '%E2%82', '..%2F..%2Fetc', '%E2%80%AE', '%F0%9F%98%80',
  '__proto__', 'constructor', '%20', '%0d%0aSet-Cookie:%20a=b', "'%20OR%201=1--", '*', 'a'.repeat(300), '%D0%B0na', '-1', '0',
  '1e1000', 'NaN', '9'.repeat(30), '[object%20Object]', 'null', 'W10', 'eyJhdCI6MX0', 'eyJhdCI6IjAwMDAtMDEtMDFUMDA6MDA6MDBaIiwiaWQiOiJcdTAwMDAifQ',
  'eyJhdCI6Ii0yNzE4MjEtMDQtMjBUMDA6MDA6MDBaIiwiaWQiOiJ4In0', 'bnVsbA', 'WzFd', 'e30',
];

// oxfmt-ignore
const HEADERS: readonly (readonly [string, string])[] = [
  ['content-type', 'text/plain'], ['content-type', 'application/json; charset=utf-16'], ['content-type', 'multipart/form-data'],
  ['content-type', ''], ['content-encoding', 'gzip'], ['content-encoding', 'br'], ['accept', 'text/html;q=x'],
  ['accept-language', '*;q=9, xx-' + 'y'.repeat(500)], ['beckon-actor', 'vera'], ['beckon-actor', ''], ['beckon-actor', '../ben'],
  ['beckon-actor', 'a'.repeat(65)], ['idempotency-key', ''], ['idempotency-key', 'x'.repeat(65)], ['idempotency-key', 'ü'],
  ['last-event-id', '-1'], ['last-event-id', '1e9999'], ['last-event-id', '9'.repeat(25)], ['x-request-id', '"><script>'],
  ['traceparent', '00-' + '0'.repeat(32) + '-zz'], ['if-none-match', '*'], ['if-match', '"x"'], ['range', 'bytes=0-'],
  ['x-http-method-override', 'DELETE'], ['cookie', '__proto__=1'], ['origin', 'null'],
  ['authorization', 'Bearer a.b.c'], ['authorization', 'Bearer'], ['authorization', 'Basic dmVyYTp2ZXJh'], ['prefer', 'code=500'],
];

type Change = (draft: Draft) => Draft;

/** Spoils a valid request in one to three ways. */
export function mutated(valid: fc.Arbitrary<Draft>): fc.Arbitrary<Draft> {
  return fc
    .tuple(valid, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([draft, changes]) => changes.reduce((changed, apply) => apply(changed), draft));
}

const where = fc.nat({ max: 1_000 });
const at = <T>(all: readonly T[], place: number): T | undefined => all[place % Math.max(1, all.length)];

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(where, fc.constantFrom(...ENCODED)).map(([place, value]): Change => (draft) => {
    const name = at(Object.keys(draft.path), place);
    return name === undefined ? draft : { ...draft, path: { ...draft.path, [name]: value } };
  }),
  fc.tuple(where, fc.constantFrom(...ENCODED)).map(([place, value]): Change => (draft) => {
    const parameters = draft.operation.parameters.filter((each) => each.in === 'query');
    const name =
      at([...parameters.map((each) => each.name), '__proto__', 'limit[]', 'extra'], place) ?? 'extra';
    return { ...draft, query: [...draft.query, [name, value] as const] };
  }),
  fc.constantFrom(...HEADERS).map(([name, value]): Change => (draft) => ({
    ...draft,
    headers: { ...draft.headers, [name]: value },
  })),
  fc.tuple(where, fc.constantFrom(...VALUES)).map(([place, value]): Change => (draft) => ({
    ...draft,
    body: replacedIn(draft.body, place, value),
  })),
  fc
    .tuple(fc.constantFrom(...FIELDS), fc.constantFrom(...VALUES))
    .map(([name, value]): Change => (draft) => ({
      ...draft,
      ...textOf(draft, (text) => text.replace('{', `{${JSON.stringify(name)}:${JSON.stringify(value)},`)),
    })),
  where.map((place): Change => (draft) => ({
    ...draft,
    ...textOf(draft, (text) => text.slice(0, place % Math.max(1, text.length))),
  })),
  fc.constantFrom('[', '{"a":', '/* */', '\ufeff', '"', '\u0000').map((prefix): Change => (draft) => ({
    ...draft,
    ...textOf(draft, (text) => prefix + text),
  })),
);

/** What goes out as the body from now on; a request without one gets one. */
function textOf(draft: Draft, spoil: (text: string) => string): { readonly text: string } {
  return { text: spoil(draft.text ?? JSON.stringify(draft.body ?? {})) };
}

/** A copy of a JSON value in which one place, of all that it has, holds something else. */
function replacedIn(value: unknown, place: number, by: unknown): unknown {
  if (typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  const key = at(keys, place);
  if (key === undefined || place % (keys.length + 1) === keys.length) return by;
  const inner = (value as Record<string, unknown>)[key];
  const changed = replacedIn(inner, Math.floor(place / keys.length), by);
  return Array.isArray(value)
    ? value.map((each: unknown, index) => (String(index) === key ? changed : each))
    : { ...value, [key]: changed };
}
