import type { Histogram } from 'prom-client';
import { uuidv7 } from 'uuidv7';

import { arrivals, outcomes } from '#consumer/outcomes.js';
import { consumers } from '#contracts/catalogue.js';
import type { DescribeProcessResponse, Latencies } from '#contracts/generated/beckon/v1/beckon.js';
import { Remotes } from '#grpc/remotes.js';
import { requestDurations } from '#http/request-durations.js';
import { Probes } from '#lifecycle/probes.js';

type Labels = Partial<Record<string, string | number>>;

/** What people's own requests are; operators' and development's would blur the picture. */
const PEOPLES_ROUTE = /^\/v1\/(?!admin\/|dev\/)/;

/** What the process of this instance is, depends on and has counted since its start. */
export class ProcessFigures {
  private readonly processId = uuidv7();

  constructor(
    private readonly name: string,
    private readonly probes: Probes,
    private readonly remotes: Remotes,
  ) {}

  /** Takes a second at most, whatever is away. */
  async describe(): Promise<DescribeProcessResponse> {
    const [dependencies, settled, posts, arrived] = await Promise.all([
      this.probes.check(),
      outcomes.get(),
      latenciesOf(
        requestDurations,
        ({ method, route }) => method === 'POST' && PEOPLES_ROUTE.test(String(route)),
      ),
      latenciesOf(arrivals, ({ consumer }) => consumer === 'notification'),
    ]);
    const remotes = Object.entries(this.remotes.states()).map(([name, state]) => ({
      name: `grpc.${name}`,
      state,
    }));
    return {
      processId: this.processId,
      name: this.name,
      uptimeSeconds: process.uptime(),
      residentBytes: process.memoryUsage.rss(),
      dependencies: [...dependencies, ...remotes],
      settled: consumers.map((consumer) => ({
        consumer,
        events: sum(
          settled.values
            .filter(({ labels }) => labels.consumer === consumer && labels.outcome === 'done')
            .map(({ value }) => value),
        ),
      })),
      posts,
      arrivals: arrived,
    };
  }
}

/** A histogram's buckets, summed over the series that fit. */
async function latenciesOf(histogram: Histogram, fits: (labels: Labels) => boolean): Promise<Latencies> {
  const byBound = new Map<number, number>();
  for (const { labels, metricName, value } of (await histogram.get()).values) {
    if (metricName?.endsWith('_bucket') !== true || !fits(labels)) continue;
    const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
    byBound.set(bound, (byBound.get(bound) ?? 0) + value);
  }
  const bounds = [...byBound.keys()].sort((a, b) => a - b);
  return {
    upperBounds: bounds.filter(Number.isFinite),
    counts: bounds.map((bound) => byBound.get(bound) ?? 0),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
