import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Message } from '../session.js';

interface Toast extends Message {
  id: number;
}

const SHOWN = 3;
let nextId = 1;

export function useToasts() {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const say = useCallback((message: Message) => {
    setToasts((before) => [
      // The same words again replace themselves.
      ...before.filter((toast) => toast.text !== message.text).slice(1 - SHOWN),
      { ...message, id: nextId++ },
    ]);
  }, []);
  const dismiss = useCallback((id: number) => {
    setToasts((before) => before.filter((toast) => toast.id !== id));
  }, []);
  return { toasts, say, dismiss };
}

export function Toasts({ toasts, dismiss }: { toasts: readonly Toast[]; dismiss: (id: number) => void }) {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} onDone={() => dismiss(toast.id)} />
      ))}
    </div>
  );
}

function ToastCard({ toast, onDone }: { toast: Toast; onDone: () => void }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onDone, toast.tone === 'alarm' ? 10_000 : 6_000);
    return () => clearTimeout(timer);
  }, [held]);
  const { offer } = toast;
  return (
    <div
      class="toast"
      data-tone={toast.tone}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <span dir="auto">{toast.text}</span>
      {offer && (
        <button
          type="button"
          class="link"
          onClick={() => {
            offer.take();
            onDone();
          }}
        >
          {offer.label}
        </button>
      )}
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={onDone}>
        <span aria-hidden="true">×</span>
      </button>
    </div>
  );
}
