import { excerptOf } from '#text/excerpt.js';

describe('excerptOf', () => {
  test('a short text is its own excerpt', () => expect(excerptOf('Hello, world.')).toBe('Hello, world.'));

  test('it is on one line', () => expect(excerptOf(' a\r\n\tb \u2028 c\n')).toBe('a b c'));

  test('140 characters are not cut', () => expect(excerptOf('a'.repeat(140))).toBe('a'.repeat(140)));

  test('141 are', () => expect(excerptOf('a'.repeat(141))).toBe(`${'a'.repeat(140)}…`));

  test('white space that collapses does not count', () =>
    expect(excerptOf(`a${' '.repeat(500)}b`)).toBe('a b'));

  test('a character beyond the 65,536 first is one character, and never halved', () => {
    expect(excerptOf('😀'.repeat(140))).toBe('😀'.repeat(140));
    expect(excerptOf('😀'.repeat(141))).toBe(`${'😀'.repeat(140)}…`);
    expect(excerptOf(`${'a'.repeat(139)}😀b`)).toBe(`${'a'.repeat(139)}😀…`);
  });
});
