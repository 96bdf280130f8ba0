import { supportedLocale, titleOf, type TitleParts } from './titles.js';
import { titleLocales } from './titles.messages.js';

const reaction: TitleParts = {
  type: 'reaction',
  subjectKind: 'post',
  actorCount: 1,
  actCount: 1,
  names: ['Ana', 'Ben', 'Cy'],
};
const types: TitleParts['type'][] = ['reaction', 'mention', 'reply', 'comment', 'thread', 'post', 'follow'];

describe('titles', () => {
  it.each([
    [1, 'Ana reacted to your post'],
    [2, 'Ana and Ben reacted to your post'],
    [3, 'Ana, Ben and 1 other reacted to your post'],
    [43, 'Ana, Ben and 41 others reacted to your post'],
    [12_345, 'Ana, Ben and 12,343 others reacted to your post'],
  ])('names two of %i people and counts the others', (actorCount, title) => {
    expect(titleOf({ ...reaction, actorCount }, 'en')).toBe(title);
  });

  it.each([
    [{ type: 'reaction', subjectKind: 'comment' }, 'Ana reacted to your comment'],
    [{ type: 'mention', subjectKind: 'comment' }, 'Ana mentioned you in a comment'],
    [{ type: 'mention' }, 'Ana mentioned you in a post'],
    [{ type: 'reply', subjectKind: 'comment' }, 'Ana replied to your comment'],
    [{ type: 'comment' }, 'Ana commented on your post'],
    [{ type: 'thread' }, 'Ana commented on a post you follow'],
    [{ type: 'post' }, 'Ana published a post'],
    [{ type: 'post', actCount: 4 }, 'Ana published 4 posts'],
    [{ type: 'follow', subjectKind: 'user' }, 'Ana followed you'],
  ] as [Partial<TitleParts>, string][])('say what was done: %j', (parts, title) => {
    expect(titleOf({ ...reaction, ...parts }, 'en')).toBe(title);
  });

  it("say that somebody did it when nobody's name can be had", () => {
    expect(titleOf({ ...reaction, names: [null] }, 'en')).toBe('Someone reacted to your post');
    expect(titleOf({ ...reaction, names: [] }, 'en')).toBe('Someone reacted to your post');
    expect(titleOf({ ...reaction, actorCount: 2, names: [null, 'Ben'] }, 'de')).toBe(
      'Jemand und Ben haben auf deinen Beitrag reagiert',
    );
  });

  it.each(['{actorCount}', "'{'", '<b>Ana</b>', '#', 'a|b, plural, other {x}'])(
    'take a name as it is: %s',
    (name) => {
      expect(titleOf({ ...reaction, names: [name] }, 'en')).toBe(`${name} reacted to your post`);
    },
  );

  it.each(titleLocales)('are whole sentences for every type and number in %s', (locale) => {
    for (const type of types) {
      for (const subjectKind of ['post', 'comment', 'user'] as const) {
        for (const actorCount of [1, 2, 3, 4, 1_000_000]) {
          const title = titleOf({ ...reaction, type, subjectKind, actorCount, actCount: actorCount }, locale);
          expect(title).toMatch(/^Ana\P{C}+$/u);
          expect(title).not.toMatch(/[{}#]|undefined/);
          if (actorCount > 1) expect(title).toContain('Ben');
        }
      }
    }
  });

  it.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['PT-br', 'pt'],
    ['ja', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('have the language of %s: %s', (tag, locale) => {
    expect(supportedLocale(tag)).toBe(locale);
  });
});
