import { DEMO_USER_IDS } from '../demo-network.js';

/** The ids this browser knows of: the demo network and the people that were made here. */

const KEY = 'beckon.people';
const KEPT = 40;

export function knownIds(): string[] {
  return [...new Set([...DEMO_USER_IDS, ...madeHere()])];
}

export function rememberId(id: string): void {
  const ids = [...madeHere().filter((known) => known !== id), id].slice(-KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // Storage may be full or forbidden; the person is known until the page is closed.
  }
}

function madeHere(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
