import fc from 'fast-check';

import { CodedError } from '#errors/coded-error.js';

import { MAX_DEPTH, parseJsonBody } from './json-body.js';

function codeOf(text: string): string | undefined {
  try {
    parseJsonBody(text);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    return (error as CodedError).code;
  }
}

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);

describe('a JSON body', () => {
  it('is what JSON.parse makes of it, whatever is in it', () => {
    const names = fc.string().filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
    const storable = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        storable,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(names, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(value);
        expect(parseJsonBody(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    '',
    '{',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '[1 2]',
    'undefined',
    '// no\n1',
    '{"a":1}{',
    '01',
    'NaN',
  ])('that is not JSON is refused: %j', (text) => {
    expect(codeOf(text)).toBe('MALFORMED_JSON');
  });

  it.each([
    ['NUL', '"a\\u0000b"'],
    ['half a surrogate pair', '"\\ud83d"'],
    ['the other half', '"\\udd91x"'],
    ['NUL in a name', '{"a\\u0000":1}'],
    ['half a pair in a name', '{"\\ud83d":1}'],
    ['a name twice', '{"a":1,"a":2}'],
    ['a name twice, written differently', '{"a":1,"\\u0061":2}'],
    ['__proto__', '{"a":[{"__proto__":{"admin":true}}]}'],
    ['constructor, written differently', '{"\\u0063onstructor":1}'],
    ['prototype', '{"prototype":1}'],
  ])('with %s is refused', (_, text) => {
    expect(codeOf(text)).toBe('INVALID_INPUT');
  });

  it('may name the same in different objects, and hold whole surrogate pairs', () => {
    expect(parseJsonBody('[{"a":1},{"a":{"a":"\\ud83e\\udd91"}}]')).toEqual([{ a: 1 }, { a: { a: '🦑' } }]);
  });

  it('is refused when it is too deep, and deep trees are refused without being walked', () => {
    expect(codeOf(nested(MAX_DEPTH))).toBeUndefined();
    expect(codeOf(nested(MAX_DEPTH + 1))).toBe('INVALID_INPUT');
    expect(codeOf(nested(MAX_DEPTH + 1, '{"a":', '}').replace(':}', ':1}'))).toBe('INVALID_INPUT');
    expect(codeOf('['.repeat(65_000))).toBe('INVALID_INPUT');
    expect(codeOf('{"a":'.repeat(13_000))).toBe('INVALID_INPUT');
  });

  it('never makes anything but a value or a coded error', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'{}[]":,\\u0d8a1-.eE tfn\0'.split('')) });
    fc.assert(
      fc.property(noise, (text) => void codeOf(text)),
      { numRuns: 1_000 },
    );
  });
});
