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

const STACKED_SIZES: Readonly<Record<number, number>> = { 1: 44, 2: 40 };

/** The faces of a group, newest in front. */
export function AvatarStack({ cards }: { cards: readonly UserCard[] }) {
  return (
    <span class="avatar-stack" aria-hidden="true">
      {cards.map((card) => (
        <Avatar key={card.id} card={card} size={STACKED_SIZES[cards.length] ?? 32} />
      ))}
    </span>
  );
}

function isShowable(url: string): boolean {
  return /^(https:|data:image\/|\/)/i.test(url);
}
