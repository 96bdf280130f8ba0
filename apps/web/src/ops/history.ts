import type { Snapshot } from '../api/operations.js';

/** A quarter of an hour at a snapshot every two seconds. */
const KEPT = 450;
/** Where nothing was heard for so long, lines break instead of pretending. */
const GAP_SECONDS = 12;

/** What the charts show of one moment; null where nothing was measured. */
export interface Point {
  /** Epoch seconds. */
  at: number;
  posts: number | null;
  settled: Readonly<Record<string, number>>;
  /** Milliseconds. */
  post: { p50: number; p99: number } | null;
  /** Milliseconds. */
  arrival: { p50: number; p99: number } | null;
}

/** Adds a snapshot to what the page has seen so far. One without rates, or heard before, adds nothing. */
export function remember(history: readonly Point[], { at, rates }: Snapshot): readonly Point[] {
  const seconds = Date.parse(at) / 1000;
  const last = history.at(-1);
  if (rates === null || (last && seconds <= last.at)) return history;
  const gap = last && seconds - last.at > GAP_SECONDS ? [nothing(last.at + 1)] : [];
  const point = {
    at: seconds,
    posts: rates.posts.perSecond,
    settled: Object.fromEntries(rates.settled.map((one) => [one.consumer, one.perSecond])),
    post: inMs(rates.posts.latency),
    arrival: inMs(rates.arrival),
  };
  return [...history, ...gap, point].slice(-KEPT);
}

/** The last time anything was measured, which in a quiet hour is not the last point. */
export function latest(
  history: readonly Point[],
  which: 'post' | 'arrival',
): { p50: number; p99: number } | null {
  return history.findLast((point) => point[which] !== null)?.[which] ?? null;
}

const nothing = (at: number): Point => ({ at, posts: null, settled: {}, post: null, arrival: null });

const inMs = (latency: { p50: number; p99: number } | null) =>
  latency && { p50: latency.p50 * 1000, p99: latency.p99 * 1000 };
