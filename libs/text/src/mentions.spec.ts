import { Handle } from '#contracts/ids.js';
import { mentionsIn } from '#text/mentions.js';

describe('mentionsIn', () => {
  test.each([
    ['@ana', ['ana']],
    ['hello @ana and @Ben_2!', ['ana', 'Ben_2']],
    ['@ana, @ben. (@cy) "@di" @ed\n@fi\t@gi', ['ana', 'ben', 'cy', 'di', 'ed', 'fi', 'gi']],
    ['@ana.smith', ['ana']],
    ["@ana's", ['ana']],
    ['-@ana- *@ben*', ['ana', 'ben']],
    ['你好@ana再见', ['ana']],
    ['❤️@ana', ['ana']],
  ])('finds the handles of %j', (text, handles) => expect(mentionsIn(text)).toEqual(handles));

  test.each([
    [''],
    ['ana'],
    ['@'],
    ['@ ana'],
    ['@-ana'],
    ['me@ana.org'],
    ['josé@ana.org'],
    ['jose\u0301@ana.org'],
    ['me_@ana'],
    ['https://site.org/@ana'],
    ['@@ana'],
    ['@anaïs'],
    ['@über'],
  ])('finds none in %j', (text) => expect(mentionsIn(text)).toEqual([]));

  test('a handle is 30 characters at most, and a longer one is nobody', () => {
    expect(mentionsIn(`@${'a'.repeat(30)}`)).toEqual(['a'.repeat(30)]);
    expect(mentionsIn(`@${'a'.repeat(31)}`)).toEqual([]);
  });

  test('each is named once, in its first spelling', () =>
    expect(mentionsIn('@Ana @ben @ANA @ana @Ben')).toEqual(['Ana', 'ben']));

  test('the first 50 count', () => {
    const handles = Array.from({ length: 60 }, (_, index) => `user${index}`);
    const text = handles.map((handle) => `@${handle} @${handle.toUpperCase()}`).join(' ');
    expect(mentionsIn(text)).toEqual(handles.slice(0, 50));
  });

  test('what is found is a handle', () => {
    for (const handle of mentionsIn('@a @B_9 @0 @_')) expect(Handle.safeParse(handle).success).toBe(true);
  });
});
