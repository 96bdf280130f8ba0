import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** Focuses what has just appeared; the `autofocus` attribute does so only once a page. */
export function useFocusOnceShown(element: RefObject<HTMLElement | null>, wanted: boolean): void {
  useEffect(() => {
    if (wanted) element.current?.focus();
  }, []);
}
