import { Chart } from './chart.js';
import type { Point } from './history.js';
import { sayLatency, sayRate } from './say.js';

/** What happened while this page was open, for up to a quarter of an hour. */
export function Charts({ history }: { history: readonly Point[] }) {
  const at = history.map((point) => point.at);
  const settled = (consumer: string) => history.map((point) => point.settled[consumer] ?? null);
  const latency = (which: 'post' | 'arrival') => [
    { label: 'half within', color: '--chart-1', values: history.map((point) => point[which]?.p50 ?? null) },
    { label: '99 % within', color: '--chart-2', values: history.map((point) => point[which]?.p99 ?? null) },
  ];
  return (
    <section class="charts" aria-label="Charts">
      <Chart
        title="Events settled a second"
        at={at}
        say={sayRate}
        least={1}
        lines={[
          { label: 'notification', color: '--chart-1', values: settled('notification') },
          { label: 'analytics', color: '--chart-2', values: settled('analytics') },
          { label: 'user', color: '--chart-3', values: settled('user') },
        ]}
      />
      <Chart title="Answer to a POST" at={at} say={sayLatency} least={10} lines={latency('post')} />
      <Chart title="From act to inbox" at={at} say={sayLatency} least={10} lines={latency('arrival')} />
    </section>
  );
}
