import { useEffect, useRef, useState } from 'preact/hooks';
import type { UserCard } from '../api/contract.js';
import { putProfile } from '../api/network.js';
import { sayKindly } from '../api/problem.js';
import { randomId } from '../api/random-id.js';

interface Props {
  onMade: (card: UserCard) => void;
  onClose: () => void;
}

/** A dialog that makes a person of the network. */
export function NewPerson({ onMade, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [displayName, setDisplayName] = useState('');
  const [ownHandle, setOwnHandle] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [complaint, setComplaint] = useState<string | null>(null);
  const handle = ownHandle ?? handleFrom(displayName);

  useEffect(() => dialog.current?.showModal(), []);

  const make = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setComplaint(null);
    try {
      // Never an id that somebody may have: a PUT would change that person.
      const id = `${handle}-${randomId().slice(0, 6)}`;
      const made = await putProfile(id, { handle, displayName: displayName.trim() });
      onMade({ ...made, avatarUrl: made.avatarUrl ?? null });
    } catch (error) {
      setComplaint(sayKindly(error));
      setBusy(false);
    }
  };

  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="new-person-title" onClose={onClose}>
      <form onSubmit={(event) => void make(event)}>
        <h2 id="new-person-title">A new person</h2>
        <p class="quiet">They join the network at once: follow, post, react, be told.</p>
        <label class="field">
          <span>Name</span>
          <input
            required
            maxLength={80}
            dir="auto"
            autocomplete="off"
            value={displayName}
            onInput={(event) => setDisplayName(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Handle</span>
          <span class="field-prefixed">
            <span aria-hidden="true">@</span>
            <input
              required
              maxLength={30}
              pattern="[a-z0-9_]+"
              title="Small letters, digits and underscores"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              value={handle}
              onInput={(event) => setOwnHandle(event.currentTarget.value)}
            />
          </span>
        </label>
        <p class="complaint" role="alert">
          {complaint}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="button button-primary" disabled={busy}>
            {busy ? 'Making…' : 'Make person'}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function handleFrom(displayName: string): string {
  return displayName
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 30);
}
