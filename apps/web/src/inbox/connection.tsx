import { useEffect, useState } from 'preact/hooks';
import type { StreamState } from '../api/stream.js';

/** A blink is nobody's business (a token ended and was renewed); only what lasts is told. */
const PATIENCE_MS = 1_200;

export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, []);
  return online;
}

export function ConnectionDot({ connection, online }: { connection: StreamState; online: boolean }) {
  const live = connection.kind === 'live' && online;
  return (
    <span class="connection" data-live={live}>
      {live ? 'Live' : !online ? 'Offline' : connection.kind === 'connecting' ? 'Connecting' : 'Reconnecting'}
    </span>
  );
}

interface Props {
  connection: StreamState;
  online: boolean;
  onRetry: () => void;
}

/** While the stream is down. The server keeps what is missed, and the page asks for it. */
export function ConnectionBanner({ connection, online, onRetry }: Props) {
  const down = connection.kind !== 'live';
  const [lasting, setLasting] = useState(false);

  useEffect(() => {
    setLasting(false);
    if (!down) return;
    const timer = setTimeout(() => setLasting(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [down]);

  if (!online) {
    return (
      <p class="banner" role="status">
        <span>You are offline. What happens meanwhile arrives when you are back.</span>
      </p>
    );
  }
  if (!lasting) return null;
  return (
    <p class="banner" role="status">
      <span>The live stream is interrupted. Trying again; nothing will be missed.</span>
      <button type="button" class="link" onClick={onRetry}>
        Try now
      </button>
    </p>
  );
}
