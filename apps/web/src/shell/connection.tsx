import { useEffect, useState } from 'preact/hooks';

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

/** The part of a stream's state that is shown. */
interface Connection {
  kind: 'connecting' | 'live' | 'waiting';
}

export function ConnectionDot({ connection, online }: { connection: Connection; online: boolean }) {
  const live = connection.kind === 'live' && online;
  return (
    <span class="connection" data-live={live}>
      {live ? 'Live' : !online ? 'Offline' : connection.kind === 'connecting' ? 'Connecting' : 'Reconnecting'}
    </span>
  );
}

interface Props {
  connection: Connection;
  online: boolean;
  /** What becomes of what happens meanwhile, offline and while the stream is tried again. */
  meanwhile: { offline: string; interrupted: string };
  onRetry: () => void;
}

/** Whether a stream has been down for longer than a blink. */
export function useLastingly(down: boolean): boolean {
  const [lasting, setLasting] = useState(false);

  useEffect(() => {
    setLasting(false);
    if (!down) return;
    const timer = setTimeout(() => setLasting(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [down]);
  return lasting && down;
}

/** While a stream is down. */
export function ConnectionBanner({ connection, online, meanwhile, onRetry }: Props) {
  const lasting = useLastingly(connection.kind !== 'live');

  if (!online) {
    return (
      <p class="banner" role="status">
        <span>You are offline. {meanwhile.offline}</span>
      </p>
    );
  }
  if (!lasting) return null;
  return (
    <p class="banner" role="status">
      <span>The live stream is interrupted. Trying again; {meanwhile.interrupted}</span>
      <button type="button" class="link" onClick={onRetry}>
        Try now
      </button>
    </p>
  );
}
