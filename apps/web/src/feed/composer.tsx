import { useRef, useState } from 'preact/hooks';
import { randomId } from '../api/random-id.js';
import { MentionField } from './mention-field.js';

interface Props {
  label: string;
  placeholder: string;
  button: string;
  rows?: number;
  autoFocus?: boolean;
  /** Sends it; false if that failed and the text must stay. The key is the same for every try of one text. */
  onSend: (body: string, idempotencyKey: string) => Promise<boolean>;
  onCancel?: () => void;
}

const SEND_KEYS = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘ Enter' : 'Ctrl Enter';

/** Where something is written: a post, a comment, a reply. */
export function Composer({ label, placeholder, button, rows = 2, autoFocus, onSend, onCancel }: Props) {
  const [body, setBody] = useState('');
  const [busy, setBusy] = useState(false);
  const draft = useRef({ body: '', key: '' });

  const send = async () => {
    const written = body.trim();
    if (!written || busy) return;
    if (draft.current.body !== written) draft.current = { body: written, key: randomId() };
    setBusy(true);
    const sent = await onSend(written, draft.current.key);
    setBusy(false);
    if (!sent) return;
    draft.current = { body: '', key: '' };
    setBody('');
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <MentionField
        label={label}
        placeholder={placeholder}
        value={body}
        rows={rows}
        autoFocus={autoFocus}
        onInput={setBody}
        onSubmit={() => void send()}
      />
      <div class="composer-buttons">
        <span class="quiet composer-hint">{SEND_KEYS} sends</span>
        {onCancel && (
          <button type="button" class="button button-small" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button type="submit" class="button button-small button-primary" disabled={busy || !body.trim()}>
          {busy ? 'Sending…' : button}
        </button>
      </div>
    </form>
  );
}
