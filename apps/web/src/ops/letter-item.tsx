import { useState } from 'preact/hooks';
import { getLetter, type DeadLetter } from '../api/operations.js';
import { sayKindly } from '../api/problem.js';
import { RelativeTime } from '../shell/relative-time.js';
import { sayMany } from './say.js';

interface Props {
  as: string;
  letter: DeadLetter;
  onRedrive: () => Promise<void>;
  onDiscard: () => void;
  onStory: (eventId: string) => void;
}

export function LetterItem({ as, letter, onRedrive, onDiscard, onStory }: Props) {
  const { id, queue, type, eventId, error, attempts, diedAt, pending } = letter;
  const [busy, setBusy] = useState(false);
  const [arrived, setArrived] = useState<string | null>(null);
  const what = type ?? 'no event';

  const look = async () => {
    setArrived('…');
    setArrived(await getLetter(as, id).then(({ payload }) => JSON.stringify(payload, null, 2), sayKindly));
  };
  const redrive = async () => {
    setBusy(true);
    await onRedrive();
    setBusy(false);
  };

  return (
    <li class="letter" data-letter={id}>
      <p class="letter-head">
        <b class="letter-type">{what}</b>
        {pending && <span class="tag">being applied</span>}
        <span class="quiet">
          {queue} · {sayMany(attempts, 'attempt')} · <RelativeTime at={diedAt} />
        </span>
      </p>
      <p class="letter-error" dir="auto" tabIndex={0}>
        {error}
      </p>
      <div class="letter-actions">
        <button
          type="button"
          class="button button-small"
          disabled={busy || pending || eventId === null}
          title={eventId === null ? 'What arrived was no event; there is nothing to apply.' : undefined}
          aria-label={`Redrive ${what}`}
          onClick={() => void redrive()}
        >
          Redrive
        </button>
        <button type="button" class="button button-small" aria-label={`Discard ${what}`} onClick={onDiscard}>
          Discard…
        </button>
        {eventId !== null && (
          <button type="button" class="link" aria-label={`Story of ${what}`} onClick={() => onStory(eventId)}>
            Story
          </button>
        )}
        <details
          class="letter-arrived"
          onToggle={(event) => {
            if (event.currentTarget.open && arrived === null) void look();
          }}
        >
          <summary>What arrived</summary>
          <pre tabIndex={0} aria-label={`What arrived: ${what}`}>
            {arrived}
          </pre>
        </details>
      </div>
    </li>
  );
}
