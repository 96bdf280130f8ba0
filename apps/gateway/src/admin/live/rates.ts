import type { DescribeProcessResponse, Latencies } from '#contracts/generated/beckon/v1/beckon.js';

/** What each process had counted since its start, at one moment. */
export interface Figures {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly processes: ReadonlyMap<string, DescribeProcessResponse>;
}

/** What happened between two moments. */
export interface Rates {
  readonly seconds: number;
  /** Answers to POST requests, and how long they took; null when there was none. */
  readonly posts: { readonly perSecond: number; readonly latency: Quantiles | null };
  readonly settled: readonly { readonly consumer: string; readonly perSecond: number }[];
  /** From acceptance to the inbox; null when nothing arrived. */
  readonly arrival: Quantiles | null;
}

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/**
 * What all processes together did between two looks. A process that was not there at both (it started, or did not
 * answer) counts from its next look on, for what it had counted before happened at no known time.
 */
export function ratesBetween(before: Figures, now: Figures): Rates {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const pairs = [...now.processes].flatMap(([id, process]) => {
    const earlier = before.processes.get(id);
    return earlier === undefined ? [] : [{ earlier, process }];
  });
  const posts = added(pairs.map(({ earlier, process }) => growth(earlier.posts, process.posts)));
  const arrivals = added(pairs.map(({ earlier, process }) => growth(earlier.arrivals, process.arrivals)));
  const settled = new Map<string, number>();
  for (const { earlier, process } of pairs) {
    for (const { consumer, events } of process.settled) {
      const known = earlier.settled.find((one) => one.consumer === consumer)?.events ?? 0;
      settled.set(consumer, (settled.get(consumer) ?? 0) + events - known);
    }
  }
  return {
    seconds,
    posts: { perSecond: (posts.counts.at(-1) ?? 0) / seconds, latency: quantilesOf(posts) },
    settled: [...settled].map(([consumer, events]) => ({ consumer, perSecond: events / seconds })),
    arrival: quantilesOf(arrivals),
  };
}

/**
 * The value below which a share `q` of the observations lies, in seconds, by linear interpolation within its bucket
 * as Prometheus' `histogram_quantile` does; the highest bound when it lies above all of them. Null without any.
 */
export function quantile({ upperBounds, counts }: Latencies, q: number): number | null {
  const total = counts.at(-1) ?? 0;
  if (total === 0) return null;
  const rank = q * total;
  const index = counts.findIndex((count) => count >= rank);
  const upper = upperBounds[index];
  if (upper === undefined) return upperBounds.at(-1) ?? null;
  const [lower, below] = index === 0 ? [0, 0] : [upperBounds[index - 1] ?? 0, counts[index - 1] ?? 0];
  const inside = (counts[index] ?? 0) - below;
  return inside === 0 ? upper : lower + (upper - lower) * ((rank - below) / inside);
}

function quantilesOf(latencies: Latencies): Quantiles | null {
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  return p50 === null || p99 === null ? null : { p50, p99 };
}

/** A histogram has no buckets before its first observation. */
function growth(before: Latencies | undefined, now: Latencies | undefined): Latencies {
  const { upperBounds, counts } = now ?? NONE;
  return { upperBounds, counts: counts.map((count, index) => count - (before?.counts[index] ?? 0)) };
}

function added(all: readonly Latencies[]): Latencies {
  const observed = all.filter(({ counts }) => counts.length > 0);
  const [first = NONE] = observed;
  return {
    upperBounds: first.upperBounds,
    counts: first.counts.map((_, index) =>
      observed.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0),
    ),
  };
}

const NONE: Latencies = { upperBounds: [], counts: [] };
