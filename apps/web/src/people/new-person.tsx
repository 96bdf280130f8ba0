import { useState } from 'preact/hooks';
import type { UserCard } from '../api/contract.js';
import { putProfile } from '../api/network.js';
import { randomId } from '../api/random-id.js';
import { AskDialog } from '../shell/ask-dialog.js';

interface Props {
  onMade: (card: UserCard) => void;
  onClose: () => void;
}

/** A dialog that makes a person of the network. */
export function NewPerson({ onMade, onClose }: Props) {
  const [displayName, setDisplayName] = useState('');
  const [ownHandle, setOwnHandle] = useState<string | null>(null);
  const handle = ownHandle ?? handleFrom(displayName);

  const make = async () => {
    // Never an id that somebody may have: a PUT would change that person.
    const id = `${handle}-${randomId().slice(0, 6)}`;
    const made = await putProfile(id, { handle, displayName: displayName.trim() });
    onMade({ ...made, avatarUrl: made.avatarUrl ?? null });
  };

  return (
    <AskDialog title="A new person" button="Make person" onConfirm={make} onClose={onClose}>
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
    </AskDialog>
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
