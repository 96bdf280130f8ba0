import { useState } from 'preact/hooks';
import { REACTION_TYPES, type ReactionType } from '../api/contract.js';
import { SmileIcon } from '../shell/icons.js';
import { emojiOf } from './reaction-emoji.js';
import type { Reactions } from './use-reactions.js';

/** All types at a glance for a post; for a comment those in use, the others behind a button. */
export function ReactionBar({
  reactions,
  about,
  small,
}: {
  reactions: Reactions;
  about: string;
  small?: boolean;
}) {
  const [open, setOpen] = useState(!small);
  const shown = REACTION_TYPES.filter((type) => open || (reactions.tally[type] ?? 0) > 0);
  return (
    <div class="reactions" data-small={small} role="group" aria-label={`React to ${about}`}>
      {shown.map((type) => (
        <ReactionButton key={type} type={type} reactions={reactions} />
      ))}
      {small && (
        <button
          type="button"
          class="reaction reaction-more"
          aria-expanded={open}
          aria-label="All reactions"
          onClick={() => setOpen(!open)}
        >
          <SmileIcon />
        </button>
      )}
    </div>
  );
}

function ReactionButton({ type, reactions }: { type: ReactionType; reactions: Reactions }) {
  const count = reactions.tally[type] ?? 0;
  return (
    <button
      type="button"
      class="reaction"
      aria-pressed={reactions.mine === type}
      aria-label={count > 0 ? `${type}, ${count}` : type}
      title={type}
      onClick={() => reactions.choose(type)}
    >
      <span class="reaction-emoji" aria-hidden="true">
        {emojiOf(type)}
      </span>
      {count > 0 && <span class="reaction-count">{count.toLocaleString('en')}</span>}
    </button>
  );
}
