/** How figures are said on this page. */

export const sayCount = (count: number): string => count.toLocaleString('en');

/** "0", "0.4", "12", "1,200": as many digits as mean something. */
export const sayRate = (perSecond: number): string =>
  perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en');

/** "4.2 ms", "87 ms", "1.4 s". */
export function sayLatency(ms: number): string {
  if (ms === 0) return '0';
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** "0.4 s", "12 s", "3 min", "5 h", "2 d". */
export function sayAge(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** "14:05:09", where the reader is. */
export const sayTime = (at: string | number): string => clock.format(new Date(at));

export const sayBytes = (bytes: number): string => `${Math.round(bytes / 1_048_576).toLocaleString('en')} MB`;

export const sayMany = (count: number, one: string, many = `${one}s`): string =>
  `${sayCount(count)} ${count === 1 ? one : many}`;

export const sayList = (names: readonly string[]): string => new Intl.ListFormat('en').format(names);

/** "post and user do not answer"; nothing about it is known then. */
export const saySilent = (apps: readonly string[]): string =>
  `${sayList(apps)} ${apps.length === 1 ? 'does' : 'do'} not answer`;

/** A sum of what is known, which is not all there is when somebody did not answer. */
export function sayKnown(count: number, unknown: readonly string[]): string {
  if (unknown.length === 0) return sayCount(count);
  return count > 0 ? `${sayCount(count)} or more` : 'not known';
}
