import type { DeadLetter, LetterPage } from '../api/operations.js';
import { addPage, type LetterList, renewStart, startOf } from './letter-list.js';

/** A letter that died at a time of one digit, the higher the later; its id is the time unless it is given. */
const letter = (diedAt: number, more: Partial<DeadLetter> = {}): DeadLetter => ({
  id: `user.${diedAt}`,
  queue: 'user.activity',
  type: null,
  eventId: null,
  error: '',
  attempts: 1,
  firstAt: '',
  diedAt: String(diedAt),
  pending: false,
  ...more,
});
const page = (times: readonly number[], next: string | null, unknown: string[] = []): LetterPage => ({
  deadLetters: times.map((time) => letter(time)),
  page: { next },
  unknown,
});
const idsOf = ({ letters }: LetterList) => letters.map(({ id }) => id.split('.')[1]).join(' ');

const shown = addPage(startOf(page([9, 8, 7], 'after 7')), page([6, 5, 4], 'after 4'));

describe('letters of which more were loaded', () => {
  it('are those of all pages, and go on after the last', () => {
    expect(idsOf(shown)).toBe('9 8 7 6 5 4');
    expect(shown.next).toBe('after 4');
  });

  it('keep what is below their beginning when that is read again, and where they go on', () => {
    const fresh = page([9, 8, 7], 'after 7');
    fresh.deadLetters[1] = letter(8, { pending: true });
    const renewed = renewStart(shown, fresh);
    expect(idsOf(renewed)).toBe('9 8 7 6 5 4');
    expect(renewed.letters[1]?.pending).toBe(true);
    expect(renewed.next).toBe('after 4');
  });

  it('lose those that are gone from the beginning, and gain those that are new', () => {
    expect(idsOf(renewStart(shown, page([9, 7, 6], 'after 6')))).toBe('9 7 6 5 4');
    // Another 8 that failed again, and is now the newest.
    const again = { ...page([], 'after 9'), deadLetters: [letter(10, { id: 'user.8' }), letter(9)] };
    expect(idsOf(renewStart(shown, again))).toBe('8 9 7 6 5 4');
  });

  it('are told apart by id where they died at the same time, whatever app they are of', () => {
    const same = [
      letter(9, { id: 'user.c' }),
      letter(9, { id: 'notification.b' }),
      letter(9, { id: 'user.a' }),
    ];
    const list = startOf({ deadLetters: same, page: { next: 'after a' }, unknown: [] });
    const fresh = { deadLetters: same.slice(0, 2), page: { next: 'after b' }, unknown: [] };
    expect(idsOf(renewStart(list, fresh))).toBe('c b a');
    expect(idsOf(renewStart(list, { ...fresh, deadLetters: [same[0]!, letter(9, { id: 'user.aa' })] }))).toBe(
      'c aa a',
    );
  });

  it.each([
    ['is all there is', page([9, 6], null), '9 6'],
    ['goes further than what was shown', page([9, 3], 'after 3'), '9 3'],
    ['has come so far that others may be between', page([14, 13, 12], 'after 12'), '14 13 12'],
    ['is without an app that was there', page([9, 8], 'after 8', ['user']), '9 8'],
    ['is empty', page([], null), ''],
  ])('begin anew when the beginning %s', (_, fresh, ids) => {
    const renewed = renewStart(shown, fresh);
    expect(idsOf(renewed)).toBe(ids);
    expect(renewed.next).toBe(fresh.page.next);
    expect(renewed.unknown).toEqual(fresh.unknown);
  });

  it('have nobody twice, and name every app that was missing', () => {
    const more = addPage(shown, page([4, 3], null, ['user']));
    expect(idsOf(more)).toBe('9 8 7 6 5 4 3');
    expect(more).toMatchObject({ next: null, unknown: ['user'] });
  });
});
