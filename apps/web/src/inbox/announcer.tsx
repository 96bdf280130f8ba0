import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** Long enough that a burst is one sentence, short enough to be told while it matters. */
const GATHER_MS = 900;

/** Tells screen readers of arrivals without stealing the focus. */
export function useAnnouncer(): { announce: (title: string) => void; text: string } {
  const [text, setText] = useState('');
  const gathered = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const announce = useCallback((title: string) => {
    gathered.current.push(title);
    timer.current ??= setTimeout(() => {
      const titles = gathered.current.splice(0);
      timer.current = undefined;
      const last = titles.at(-1) ?? '';
      setText(
        titles.length === 1 ? `New: ${last}` : `${titles.length} new notifications, the latest: ${last}`,
      );
    }, GATHER_MS);
  }, []);

  useEffect(() => () => clearTimeout(timer.current), []);
  return { announce, text };
}
