import { useEffect, useRef } from 'preact/hooks';

/** How long an open inbox has to be on the screen until what is in it counts as seen. */
const LOOKING_MS = 4_000;

/**
 * @param looking whether the list is on the screen.
 * @param unseen changes with what is unseen; null when nothing is.
 */
export function useSeenAfterAWhile(looking: boolean, unseen: number | null, markSeen: () => void): void {
  const nextAt = useRef(0);
  useEffect(() => {
    if (!looking || unseen === null) {
      nextAt.current = 0;
      return;
    }
    // A busy inbox changes all the time; the wait began with the first thing unseen.
    nextAt.current ||= performance.now() + LOOKING_MS;
    let timer: ReturnType<typeof setTimeout>;
    const lookAgain = () => {
      if (document.hidden) {
        timer = setTimeout(lookAgain, 1_000);
        return;
      }
      nextAt.current = 0;
      markSeen();
    };
    timer = setTimeout(lookAgain, Math.max(0, nextAt.current - performance.now()));
    return () => clearTimeout(timer);
  }, [looking, unseen, markSeen]);
}
