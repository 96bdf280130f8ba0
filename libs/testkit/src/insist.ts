import { setTimeout as wait } from 'node:timers/promises';

import type { ApiAnswer, Checked } from '#testkit/api.js';

const LIMIT_MS = 60_000;
/** An open breaker answers at once, and a user may write 60 times a second. */
const REST_MS = 50;

/**
 * Makes a request that a suite builds on, again for as long as it is answered 503: on a busy machine a look-up may
 * miss its deadline. What a suite asserts is asked once, and what may have been done (504) is not done again.
 * @returns the body. @throws Error when it is not answered 2xx
 */
export async function insist<T = Checked>(request: () => Promise<ApiAnswer<T>>): Promise<T> {
  const answer = await served(request);
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

/** The same for an answer of which more than the body is asserted: the first that is not 503, or the last in time. */
export async function served<T = Checked>(request: () => Promise<ApiAnswer<T>>): Promise<ApiAnswer<T>> {
  const until = performance.now() + LIMIT_MS;
  let answer = await request();
  while (answer.status === 503 && performance.now() < until) {
    await wait(REST_MS);
    answer = await request();
  }
  return answer;
}
