import type { UserCard } from '../api/contract.js';

export const nameOf = (card: UserCard): string => card.displayName?.trim() || card.handle || card.id;

/** The first word of a name, for narrow places. */
export const shortNameOf = (card: UserCard): string => nameOf(card).split(/\s+/u)[0] ?? card.id;

/** One or two characters that stand for a person; whole graphemes, so that emoji and accents survive. */
export function initialsOf(card: UserCard): string {
  const name = nameOf(card);
  const words = name.split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean);
  const first = firstGrapheme(words[0] ?? name);
  // Arabic and its kin join letters; two initials side by side would read as a word.
  if (words.length < 2 || /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(first))
    return first.toLocaleUpperCase();
  return (first + firstGrapheme(words.at(-1) ?? '')).toLocaleUpperCase();
}

/** A hue that an id always has: spread by the golden angle so that neighbours differ. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const char of id) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return Math.round((hash % 997) * 137.508) % 360;
}

function firstGrapheme(word: string): string {
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word);
  return segments[Symbol.iterator]().next().value?.segment ?? '';
}
