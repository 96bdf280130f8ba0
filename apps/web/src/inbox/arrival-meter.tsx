import { useSession } from '../session.js';
import { shortNameOf } from '../people/names.js';
import { median, sayMs, type Arrival } from './arrivals.js';

/** How long the last notifications took, from click to inbox. Says nothing before there is something to say. */
export function ArrivalMeter({ arrivals }: { arrivals: readonly Arrival[] }) {
  const latest = arrivals.at(-1);
  const middle = median(arrivals.map((arrival) => arrival.ms));
  return (
    <section class="meter" aria-label="From click to inbox">
      <p class="meter-title">From click to inbox</p>
      {latest && middle !== null ? (
        <>
          <p class="meter-now" key={latest.id}>
            {sayMs(latest.ms)}
          </p>
          <Sparkline arrivals={arrivals} middle={middle} />
          <details class="meter-details">
            <summary>
              median {sayMs(middle)} of the last {arrivals.length}
            </summary>
            <ol class="meter-list" role="list">
              {[...arrivals].reverse().map((arrival) => (
                <ArrivalLine key={arrival.id} arrival={arrival} />
              ))}
            </ol>
          </details>
        </>
      ) : (
        <p class="meter-hint">React on the left, and see how soon it arrives on the right.</p>
      )}
    </section>
  );
}

function ArrivalLine({ arrival }: { arrival: Arrival }) {
  const { cardOf } = useSession();
  return (
    <li>
      <span>
        <bdi>{shortNameOf(cardOf(arrival.actorId))}</bdi>’s {arrival.what} →{' '}
        <bdi>{shortNameOf(cardOf(arrival.recipientId))}</bdi>
      </span>
      <b>{sayMs(arrival.ms)}</b>
    </li>
  );
}

const WIDTH = 160;
const HEIGHT = 28;
const SLOTS = 20;

function Sparkline({ arrivals, middle }: { arrivals: readonly Arrival[]; middle: number }) {
  const slowest = Math.max(...arrivals.map((arrival) => arrival.ms));
  // One slow arrival would flatten the others; above four medians a bar is simply full.
  const full = Math.min(slowest, middle * 4);
  const step = WIDTH / SLOTS;
  const heightOf = (ms: number) => Math.max(3, (Math.min(ms, full) / full) * HEIGHT);
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
      {arrivals.map((arrival, index) => {
        const height = heightOf(arrival.ms);
        const x = (SLOTS - arrivals.length + index) * step;
        return (
          <rect
            key={arrival.id}
            x={x + 1}
            y={HEIGHT - height}
            width={step - 2}
            height={height}
            rx="1.5"
            class={index === arrivals.length - 1 ? 'sparkline-latest' : undefined}
          />
        );
      })}
    </svg>
  );
}
