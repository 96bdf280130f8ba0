import { setTimeout as sleep } from 'node:timers/promises';

const limitMs = 20_000;
const pollMs = 50;

/** What `look` finds, as soon as it finds something. @throws Error that says what did not happen within 20 s */
export async function until(what, look) {
  for (const end = Date.now() + limitMs; ;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await sleep(pollMs);
  }
}
