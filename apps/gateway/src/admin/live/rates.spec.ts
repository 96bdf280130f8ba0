import type { DescribeProcessResponse, Latencies } from '#contracts/generated/beckon/v1/beckon.js';

import { quantile, ratesBetween } from './rates.js';

const bounds = [0.01, 0.1, 1];
const latencies = (...counts: number[]): Latencies => ({
  upperBounds: counts.length > 0 ? bounds : [],
  counts,
});

const process = (
  processId: string,
  counted: { posts?: Latencies; arrivals?: Latencies; done?: number },
): [string, DescribeProcessResponse] => [
  processId,
  {
    processId,
    name: processId,
    uptimeSeconds: 1,
    residentBytes: 1,
    dependencies: [],
    settled: [{ consumer: 'notification', events: counted.done ?? 0 }],
    posts: counted.posts ?? latencies(),
    arrivals: counted.arrivals ?? latencies(),
  },
];
const figures = (at: number, ...processes: [string, DescribeProcessResponse][]) => ({
  at,
  processes: new Map(processes),
});

describe('quantile', () => {
  it('interpolates within the bucket that holds it', () => {
    expect(quantile(latencies(0, 10, 10, 10), 0.5)).toBeCloseTo(0.055);
    expect(quantile(latencies(10, 10, 10, 10), 0.5)).toBeCloseTo(0.005);
  });

  it('is the highest bound for what lies above all bounds, and nothing without observations', () => {
    expect(quantile(latencies(0, 0, 0, 4), 0.99)).toBe(1);
    expect(quantile(latencies(0, 0, 0, 0), 0.99)).toBeNull();
    expect(quantile(latencies(), 0.5)).toBeNull();
  });
});

describe('ratesBetween', () => {
  it('adds what several processes did in the time between', () => {
    const rates = ratesBetween(
      figures(0, process('a', { posts: latencies(5, 5, 5, 5), done: 100 }), process('b', { done: 7 })),
      figures(
        2_000,
        process('a', { posts: latencies(9, 9, 9, 9), done: 120 }),
        process('b', { posts: latencies(0, 0, 6, 6), done: 17 }),
      ),
    );
    expect(rates.posts.perSecond).toBe(5);
    expect(rates.settled).toEqual([{ consumer: 'notification', perSecond: 15 }]);
    // Four of ten below 10 ms, the others between 100 ms and 1 s.
    expect(rates.posts.latency?.p50).toBeGreaterThan(0.1);
    expect(rates.posts.latency?.p99).toBeLessThanOrEqual(1);
    expect(rates.arrival).toBeNull();
  });

  it('counts a process that has just come, or come anew under another id, from its next look on', () => {
    const rates = ratesBetween(
      figures(0, process('old', { done: 50 })),
      figures(1_000, process('new', { posts: latencies(900, 900, 900, 900), done: 900 })),
    );
    expect(rates.posts).toEqual({ perSecond: 0, latency: null });
    expect(rates.settled).toEqual([]);
  });

  it('counts the first observation of a histogram that had no buckets before', () => {
    const rates = ratesBetween(
      figures(0, process('a', {})),
      figures(1_000, process('a', { arrivals: latencies(0, 1, 1, 1) })),
    );
    expect(rates.arrival?.p50).toBeCloseTo(0.055);
  });
});
