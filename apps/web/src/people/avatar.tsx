import { useState } from 'preact/hooks';
import type { UserCard } from '../api/contract.js';
import { hueOf, initialsOf } from './names.js';

/** A picture if there is one, else initials on the person's own hue. Decoration: the name stands beside it. */
export function Avatar({ card, size = 40 }: { card: UserCard; size?: number }) {
  const [broken, setBroken] = useState<string | null>(null);
  const picture = card.avatarUrl && isShowable(card.avatarUrl) && card.avatarUrl !== broken;
  const style = { '--size': `${size}px`, '--hue': String(hueOf(card.id)) };
  return (
    <span class="avatar" style={style} aria-hidden="true">
      {picture ? (
        <img src={card.avatarUrl ?? ''} alt="" loading="lazy" onError={() => setBroken(card.avatarUrl)} />
      ) : (
        initialsOf(card)
      )}
    </span>
  );
}

/** The faces of a group, newest in front. */
export function AvatarStack({ cards, more }: { cards: readonly UserCard[]; more: number }) {
  return (
    <span class="avatar-stack" data-count={cards.length} aria-hidden="true">
      {cards.map((card) => (
        <Avatar key={card.id} card={card} size={cards.length === 1 ? 44 : 32} />
      ))}
      {more > 0 && <span class="avatar-more">+{more > 999 ? '999' : more}</span>}
    </span>
  );
}

function isShowable(url: string): boolean {
  return /^(https:|data:image\/|\/)/i.test(url);
}
