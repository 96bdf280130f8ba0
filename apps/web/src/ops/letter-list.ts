import type { DeadLetter, LetterPage } from '../api/operations.js';

/** Dead letters as far down as they were asked for, newest first. */
export interface LetterList {
  letters: readonly DeadLetter[];
  /** Apps that did not answer, whose letters are missing. */
  unknown: readonly string[];
  /** Where the next page begins; null when there is none. */
  next: string | null;
}

export const noLetters: LetterList = { letters: [], unknown: [], next: null };

export const startOf = ({ deadLetters, unknown, page }: LetterPage): LetterList => ({
  letters: deadLetters,
  unknown,
  next: page.next,
});

/**
 * Puts the beginning of the list, as it now is, in the place of what was there: as far as it goes nothing else is left,
 * and what was shown below it stays.
 */
export function renewStart(shown: LetterList, fresh: LetterPage): LetterList {
  const start = startOf(fresh);
  const last = start.letters.at(-1);
  if (start.next === null || last === undefined) return start;
  const known = new Set(start.letters.map(({ id }) => id));
  // Else there may be others between the two, or, where another app is missing now, within what was shown.
  const meets = shown.letters.some(({ id }) => known.has(id)) && sameApps(shown.unknown, start.unknown);
  const below = shown.letters.filter((letter) => !known.has(letter.id) && isBelow(letter, last));
  return meets && below.length > 0
    ? { ...start, letters: [...start.letters, ...below], next: shown.next }
    : start;
}

/** Adds the page that begins where the list ends. */
export function addPage(shown: LetterList, page: LetterPage): LetterList {
  const known = new Set(shown.letters.map(({ id }) => id));
  return {
    letters: [...shown.letters, ...page.deadLetters.filter(({ id }) => !known.has(id))],
    unknown: [...new Set([...shown.unknown, ...page.unknown])],
    next: page.page.next,
  };
}

/** In the order of the list: by time, then by id without the app before its dot. */
function isBelow(letter: DeadLetter, last: DeadLetter): boolean {
  if (letter.diedAt !== last.diedAt) return letter.diedAt < last.diedAt;
  return bareId(letter) < bareId(last);
}

const bareId = ({ id }: DeadLetter) => id.slice(id.indexOf('.') + 1);

const sameApps = (some: readonly string[], others: readonly string[]) =>
  some.toSorted().join() === others.toSorted().join();
