import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Group } from '../api/contract.js';

interface Place {
  top: number;
  activitySeq: number;
}

const EASING = 'cubic-bezier(.2, .8, .2, 1)';

/**
 * Moves the items of a keyed list from where they were to where they are (FLIP), and lights up what
 * arrived. Only arrivals move things: pages, tabs and marks just appear.
 * @param list its children bear `data-group`.
 * @param view changes when another list is shown in the same place.
 */
export function useListMotion(
  list: RefObject<HTMLElement | null>,
  groups: readonly Group[],
  view: string,
  liveSince: number,
): void {
  const before = useRef<{ view: string; places: Map<string, Place> }>({ view: '', places: new Map() });

  useLayoutEffect(() => {
    const element = list.current;
    const places = new Map<string, Place>();
    const arrived: HTMLElement[] = [];
    const moved: [HTMLElement, number][] = [];
    const comparable = before.current.view === view;

    const bySeq = new Map(groups.map((group) => [group.id, group.activitySeq]));
    for (const child of element?.children ?? []) {
      if (!(child instanceof HTMLElement)) continue;
      const id = child.dataset['group'] ?? '';
      const place = { top: child.offsetTop, activitySeq: bySeq.get(id) ?? 0 };
      places.set(id, place);
      const old = before.current.places.get(id);
      if (!comparable) continue;
      if (place.activitySeq > liveSince && place.activitySeq !== old?.activitySeq) arrived.push(child);
      if (old && old.top !== place.top) moved.push([child, old.top - place.top]);
    }
    before.current = { view, places };

    if (arrived.length === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const [child, distance] of moved) glide(child, distance);
    for (const child of arrived) lightUp(child, !moved.some(([other]) => other === child));
  }, [groups, view, liveSince]);
}

function glide(element: HTMLElement, distance: number): void {
  // From far outside of the screen a long flight would only distract.
  if (Math.abs(distance) > 1200) return;
  const inFront = distance > 0 ? 1 : 0;
  element.animate(
    [
      { transform: `translateY(${distance}px)`, zIndex: inFront },
      { transform: 'none', zIndex: inFront },
    ],
    {
      duration: 320,
      easing: EASING,
    },
  );
}

function lightUp(element: HTMLElement, isNew: boolean): void {
  if (isNew) {
    element.animate(
      [
        { opacity: 0, transform: 'translateY(-12px) scale(.985)' },
        { opacity: 1, transform: 'none' },
      ],
      { duration: 300, easing: EASING },
    );
  }
  const light = getComputedStyle(element).getPropertyValue('--amber-glow').trim() || 'orange';
  element.animate([{ boxShadow: `0 0 0 2px ${light}` }, { boxShadow: '0 0 0 2px transparent' }], {
    duration: 1600,
    easing: 'ease-out',
  });
}
