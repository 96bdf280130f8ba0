import { useRef, useState } from 'preact/hooks';
import { TrashIcon } from './icons.js';
import { useFocusOnceShown } from './use-focus.js';

/** Asks once more, in place. */
export function DeleteButton({ what, onDelete }: { what: string; onDelete: () => void }) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button
        type="button"
        class="icon-button"
        aria-label={`Delete this ${what}`}
        onClick={() => setAsking(true)}
      >
        <TrashIcon />
      </button>
    );
  }
  return <Confirm onYes={onDelete} onNo={() => setAsking(false)} />;
}

function Confirm({ onYes, onNo }: { onYes: () => void; onNo: () => void }) {
  const yes = useRef<HTMLButtonElement>(null);
  useFocusOnceShown(yes, true);
  return (
    <span class="confirm" onKeyDown={(event) => event.key === 'Escape' && onNo()}>
      <button ref={yes} type="button" class="button button-small button-danger" onClick={onYes}>
        Delete
      </button>
      <button type="button" class="button button-small" onClick={onNo}>
        Keep
      </button>
    </span>
  );
}
