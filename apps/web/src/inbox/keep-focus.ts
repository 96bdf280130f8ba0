/**
 * An archived group leaves the list, and the focus with it. Remembers which item it was in.
 * @returns what puts the focus on the item that took its place, if it was lost.
 */
export function keepFocusNear(container: HTMLElement | null): () => void {
  const items = () => [...(container?.querySelectorAll<HTMLElement>('[data-group]') ?? [])];
  const index = items().findIndex((item) => item.contains(document.activeElement));
  if (index < 0) return () => undefined;
  return () => {
    // After the rendering that the change brings.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return;
        const left = items();
        const next = left[Math.min(index, left.length - 1)];
        (next?.querySelector('button') ?? container)?.focus();
      }),
    );
  };
}
