import { useState } from 'preact/hooks';
import { discardLetter, type DeadLetter } from '../api/operations.js';
import { AskDialog } from '../shell/ask-dialog.js';

interface Props {
  as: string;
  letter: DeadLetter;
  onDiscarded: () => void;
  onClose: () => void;
}

export function DiscardDialog({ as, letter, onDiscarded, onClose }: Props) {
  const [reason, setReason] = useState('');
  return (
    <AskDialog
      title="Give it up for good?"
      button="Discard"
      danger
      onClose={onClose}
      onConfirm={async () => {
        await discardLetter(as, letter.id, reason.trim());
        onDiscarded();
      }}
    >
      <p class="quiet">
        {letter.type ?? 'What arrived'} will never be applied. The reason stays in the story of its event.
      </p>
      <label class="field">
        <span>Reason</span>
        <input
          required
          maxLength={500}
          dir="auto"
          pattern=".*\S.*"
          title="Some words"
          placeholder="made by a broken client, see incident 12"
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
    </AskDialog>
  );
}
