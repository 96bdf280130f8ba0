import { useNow } from './clock.js';

const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  const time = new Date(at);
  return (
    <time class="time" dateTime={at} title={exact.format(time)}>
      {say((now - time.getTime()) / 1000)}
    </time>
  );
}

/** "now", "4m ago", "yesterday"; a clock that runs behind the server's says "now" too. */
function say(secondsAgo: number): string {
  for (const [unit, seconds] of UNITS) {
    if (secondsAgo >= seconds) return words.format(-Math.floor(secondsAgo / seconds), unit);
  }
  return 'now';
}
