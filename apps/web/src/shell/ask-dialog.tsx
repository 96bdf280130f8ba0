import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { sayKindly } from '../api/problem.js';

interface Props {
  title: string;
  button: string;
  danger?: boolean;
  children: ComponentChildren;
  /** Does it; what it throws is shown, and the dialog stays. */
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks for what is needed to do something, and says what came of it if it went wrong. */
export function AskDialog({ title, button, danger, children, onConfirm, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [complaint, setComplaint] = useState<string | null>(null);

  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setComplaint(null);
    try {
      await onConfirm();
    } catch (error) {
      setComplaint(sayKindly(error));
      setBusy(false);
    }
  };

  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="ask-title" onClose={onClose}>
      <form onSubmit={(event) => void confirm(event)}>
        <h2 id="ask-title">{title}</h2>
        {children}
        <p class="complaint" role="alert">
          {complaint}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button
            type="submit"
            class={`button ${danger ? 'button-danger' : 'button-primary'}`}
            disabled={busy}
          >
            {button}
          </button>
        </div>
      </form>
    </dialog>
  );
}
