import type { UserCard } from '../api/contract.js';

interface Props {
  title: string;
  actors: readonly UserCard[];
}

/**
 * The sentence that the server made, with the names in it kept apart: a name written from right to left
 * neither turns the sentence around nor tangles with the words beside it.
 */
export function GroupTitle({ title, actors }: Props) {
  const names = actors.map((card) => card.displayName).filter((name) => name !== null && name !== '');
  const parts = splitAt(title, names as string[]);
  const sentence = parts.filter((_, index) => index % 2 === 0).join(' ');
  return (
    <span dir={directionOf(sentence)}>
      {parts.map((part, index) => (index % 2 ? <bdi>{part}</bdi> : part))}
    </span>
  );
}

/** Cuts at each name; names stand at the odd places. */
function splitAt(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [title];
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  return title.split(new RegExp(`(${pattern})`));
}

function directionOf(sentence: string): 'ltr' | 'rtl' {
  const firstLetter = /\p{L}/u.exec(sentence)?.[0] ?? '';
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(firstLetter)
    ? 'rtl'
    : 'ltr';
}
