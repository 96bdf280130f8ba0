import type { Arrival } from '../inbox/arrivals.js';
import { ArrivalMeter } from '../inbox/arrival-meter.js';
import { Logo } from './logo.js';
import { Seascape } from './seascape.js';
import { ThemeToggle } from './theme-toggle.js';

/** What Beckon is, in one glance. The lamp flashes with every arrival. */
export function Hero({ arrivals }: { arrivals: readonly Arrival[] }) {
  const latest = arrivals.at(-1);
  return (
    <header class="hero">
      <Seascape flash={latest?.id ?? 0} />
      <div class="hero-inner">
        <div class="hero-bar">
          <span class="wordmark">
            <Logo /> Beckon
          </span>
          <nav class="hero-links" aria-label="About">
            <a href="/docs">API</a>
            <a href="/ops">Operations</a>
          </nav>
          <ThemeToggle />
        </div>
        <div class="hero-words">
          <h1>The moment something happens, everyone who should know does.</h1>
          <p>
            Beckon is the notification backend of a social network: it works out who should be told, writes
            each inbox exactly once and shows it live.
          </p>
        </div>
        <ArrivalMeter arrivals={arrivals} />
      </div>
    </header>
  );
}
