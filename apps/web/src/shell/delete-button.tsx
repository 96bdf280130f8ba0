import { useState } from 'preact/hooks';
import { TrashIcon } from './icons.js';

/** Asks once more, in place. */
export function DeleteButton({ what, onDelete }: { what: string; onDelete: () => void }) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button type="button" class="icon-button" aria-label={`Delete this ${what}`} onClick={() => setAsking(true)}>
        <TrashIcon />
      </button>
    );
  }
  return (
    <span class="confirm" onKeyDown={(event) => event.key === 'Escape' && setAsking(false)}>
      <button type="button" class="button button-small button-danger" autoFocus onClick={onDelete}>
        Delete
      </button>
      <button type="button" class="button button-small" onClick={() => setAsking(false)}>
        Keep
      </button>
    </span>
  );
}
