import { useSession } from '../session.js';
import { shortNameOf } from '../people/names.js';
import { median, sayMs, type Arrival } from './arrivals.js';

/** How long the last notifications took, from click to inbox. Says nothing before there is something to say. */
export function ArrivalMeter({ arrivals }: { arrivals: readonly Arrival[] }) {
  const latest = arrivals.at(-1);
  const [figure, unit] = latest ? sayMs(latest.ms).split(' ') : [];
  const middle = median(arrivals.map((arrival) => arrival.ms));
  return (
    <section class="meter" aria-label="From click to inbox">
      <p class="meter-title">From click to inbox</p>
      {latest && middle !== null ? (
        <>
          <p class="meter-now" key={latest.id}>
            {figure}
            <small>{unit}</small>
          </p>
          <Sparkline arrivals={arrivals} middle={middle} />
          <details class="meter-details">
            <summary>
              {arrivals.length === 1
                ? 'one arrival so far'
                : `median ${sayMs(middle)} of the last ${arrivals.length}`}
            </summary>
            <ol class="meter-list" role="list" tabIndex={0} aria-label="Last arrivals">
              {[...arrivals].reverse().map((arrival) => (
                <ArrivalLine key={arrival.id} arrival={arrival} />
              ))}
            </ol>
          </details>
        </>
      ) : (
        <p class="meter-hint">React to something, and see how soon the other inbox knows.</p>
      )}
    </section>
  );
}

function ArrivalLine({ arrival }: { arrival: Arrival }) {
  const { cardOf } = useSession();
  return (
    <li>
      <span class="meter-way">
        <bdi>{shortNameOf(cardOf(arrival.actorId))}</bdi> →{' '}
        <bdi>{shortNameOf(cardOf(arrival.recipientId))}</bdi>
        <span class="visually-hidden">, {arrival.what}</span>
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
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="xMaxYMax meet"
      aria-hidden="true"
      focusable="false"
    >
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
