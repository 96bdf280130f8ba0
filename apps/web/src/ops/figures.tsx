import type { Snapshot } from '../api/operations.js';
import { latest, type Point } from './history.js';
import { sayAge, sayKnown, sayLatency, sayRate } from './say.js';
import { silentConsumers, sum } from './state-of.js';

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
        value={
          snapshot && sayKnown(sum(snapshot.deliveries.map(({ unsettled }) => unsettled)), snapshot.unknown)
        }
      />
      <Figure name="Oldest of them" value={snapshot && sayOldest(oldest, snapshot.unknown)} />
      <Figure
        name="Dead letters"
        value={
          snapshot &&
          sayKnown(sum(snapshot.queues.map(({ deadLetters }) => deadLetters)), silentConsumers(snapshot))
        }
      />
      <Figure name="Writes a second" value={snapshot && (posts === null ? '–' : sayRate(posts))} />
      <Figure name="POST, 99 %" value={snapshot && (slowest('post') ?? '–')} />
      <Figure name="Act to inbox, 99 %" value={snapshot && (slowest('arrival') ?? '–')} />
    </dl>
  );
}

function sayOldest(oldest: number, unknown: readonly string[]): string {
  if (oldest > 0) return sayAge(oldest);
  return unknown.length === 0 ? 'none' : 'not known';
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
