export const intervals = ['hour', 'day'] as const;
export type Interval = (typeof intervals)[number];

/** A chart has no use for more, and one answer stays small. */
export const MAX_POINTS = 1_000;

export const intervalMs: Record<Interval, number> = { hour: 3_600_000, day: 86_400_000 };
const defaultSpanMs: Record<Interval, number> = { hour: 24 * 3_600_000, day: 30 * 86_400_000 };

/** Intervals of a series: where the first and the last begin (epoch milliseconds), and how many there are. */
export interface SeriesRange {
  readonly first: number;
  readonly last: number;
  readonly points: number;
}

/**
 * The UTC intervals that `from` (inclusive) to `to` (exclusive) touches; the whole of each is counted.
 * @returns no points when `from` is not before `to`.
 */
export function seriesRange(
  { interval, from, to }: { interval: Interval; from?: string | undefined; to?: string | undefined },
  now: number,
): SeriesRange {
  const step = intervalMs[interval];
  const end = to === undefined ? now : Date.parse(to);
  const begin = from === undefined ? end - defaultSpanMs[interval] : Date.parse(from);
  const first = Math.floor(begin / step) * step;
  const last = Math.ceil(end / step) * step - step;
  return { first, last, points: begin < end ? (last - first) / step + 1 : 0 };
}
