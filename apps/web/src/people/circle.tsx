import type { UserCard } from '../api/contract.js';
import { useSession } from '../session.js';
import { Avatar } from './avatar.js';
import { nameOf, shortNameOf } from './names.js';
import type { Relations } from './use-relations.js';

/** Whom the actor follows and mutes. */
export function Circle({ relations }: { relations: Relations }) {
  const { actorId, everybody, cardOf } = useSession();
  const others = everybody.filter((card) => card.id !== actorId);
  return (
    <details class="circle">
      <summary>
        <span>
          People <bdi>{shortNameOf(cardOf(actorId))}</bdi> follows and mutes
        </span>
        <span class="quiet">{summaryOf(relations)}</span>
      </summary>
      {relations.status === 'known' ? (
        <ul class="circle-list" role="list">
          {others.map((card) => (
            <CirclePerson key={card.id} card={card} relations={relations} />
          ))}
        </ul>
      ) : (
        <p class="circle-unknown quiet" role="status">
          {relations.status === 'loading' ? 'Looking…' : 'They could not be loaded. Trying again. '}
          {relations.status === 'failed' && (
            <button type="button" class="link" onClick={relations.retry}>
              Try now
            </button>
          )}
        </p>
      )}
    </details>
  );
}

function summaryOf({ status, following, mutes }: Relations): string {
  if (status === 'loading') return '…';
  if (status === 'failed') return 'not known';
  return `${following.size} followed${mutes.size > 0 ? `, ${mutes.size} muted` : ''}`;
}

function CirclePerson({ card, relations }: { card: UserCard; relations: Relations }) {
  const name = nameOf(card);
  const follows = relations.following.has(card.id);
  const mutes = relations.mutes.has(card.id);
  return (
    <li class="circle-person">
      <Avatar card={card} size={32} />
      <span class="circle-name">
        <bdi class="person-name">{name}</bdi>
        <span class="quiet person-handle">@{card.handle ?? card.id}</span>
      </span>
      <button
        type="button"
        class="button button-small"
        aria-pressed={follows}
        aria-label={`Follow ${name}`}
        onClick={() => void relations.set('following', card.id, !follows)}
      >
        {follows ? 'Following' : 'Follow'}
      </button>
      <button
        type="button"
        class="button button-small"
        aria-pressed={mutes}
        aria-label={`Mute ${name}`}
        onClick={() => void relations.set('mutes', card.id, !mutes)}
      >
        {mutes ? 'Muted' : 'Mute'}
      </button>
    </li>
  );
}
