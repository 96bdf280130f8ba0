import type { Group } from '../api/contract.js';
import { emojiOf } from '../feed/reaction-emoji.js';

const SIGNS: Readonly<Record<string, string>> = {
  comment: '💬',
  reply: '↩',
  thread: '💬',
  mention: '@',
  post: '✎',
  follow: '+',
};

/** What kind of thing happened: for reactions the most frequent one. The title says it in words. */
export function TypeBadge({ group }: { group: Group }) {
  const top = Object.entries(group.reactions ?? {}).sort(([, a], [, b]) => b - a)[0];
  const sign = group.type === 'reaction' && top ? emojiOf(top[0]) : (SIGNS[group.type] ?? '•');
  return (
    <span class="type-badge" data-type={group.type} aria-hidden="true">
      {sign}
    </span>
  );
}
