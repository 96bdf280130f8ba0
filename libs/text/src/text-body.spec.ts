import { TextBody } from '#text/text-body.js';

describe('TextBody', () => {
  test('white space around it is cut, inside it stays', () =>
    expect(TextBody.parse(' \n a  b\nc\t')).toBe('a  b\nc'));

  test.each([[''], ['   '], ['\n\u2003']])('%j is blank', (text) =>
    expect(TextBody.safeParse(text).success).toBe(false),
  );

  test.each(['a', '😀'])('10,000 times %s is the most', (character) => {
    expect(TextBody.safeParse(character.repeat(10_000)).success).toBe(true);
    expect(TextBody.safeParse(character.repeat(10_001)).success).toBe(false);
  });
});
