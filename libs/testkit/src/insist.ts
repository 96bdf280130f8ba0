import type { ApiAnswer, Checked } from '#testkit/api.js';

const LIMIT_MS = 15_000;

/**
 * Makes a request that a suite builds on, again for as long as it is answered 503: on a busy machine a look-up may
 * miss its deadline. What a suite asserts is asked once.
 * @returns the body. @throws Error when it is not answered 2xx
 */
export async function insist<T = Checked>(request: () => Promise<ApiAnswer<T>>): Promise<T> {
  const until = performance.now() + LIMIT_MS;
  let answer = await request();
  while (answer.status === 503 && performance.now() < until) answer = await request();
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
