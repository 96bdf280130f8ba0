import type { Snapshot } from '../api/operations.js';
import { latest, type Point } from './history.js';
import { sayAge, sayCount, sayLatency, sayRate } from './say.js';
import { sum } from './state-of.js';

/** The six numbers of a first glance. */
export function Figures({ snapshot, history }: { snapshot: Snapshot | null; history: readonly Point[] }) {
  const oldest = Math.max(0, ...(snapshot?.deliveries ?? []).map((one) => one.oldestAgeSeconds));
  const posts = history.at(-1)?.posts ?? null;
  const slowest = (which: 'post' | 'arrival') => {
    const latency = latest(history, which);
    return latency && sayLatency(latency.p99);
  };
  return (
    <dl class="figures" aria-busy={snapshot === null}>
      <Figure
        name="Unsettled events"
        value={snapshot && sayCount(sum(snapshot.deliveries.map(({ unsettled }) => unsettled)))}
      />
      <Figure name="Oldest of them" value={snapshot && (oldest > 0 ? sayAge(oldest) : 'none')} />
      <Figure
        name="Dead letters"
        value={snapshot && sayCount(sum(snapshot.queues.map(({ deadLetters }) => deadLetters)))}
      />
      <Figure name="Writes a second" value={snapshot && (posts === null ? '–' : sayRate(posts))} />
      <Figure name="POST, 99 %" value={snapshot && (slowest('post') ?? '–')} />
      <Figure name="Act to inbox, 99 %" value={snapshot && (slowest('arrival') ?? '–')} />
    </dl>
  );
}

/** @param value null while nothing is known yet */
function Figure({ name, value }: { name: string; value: string | null }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{value ?? <span class="skeleton skeleton-line" />}</dd>
    </div>
  );
}
