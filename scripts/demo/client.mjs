import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const answerMs = 10_000;
/** How long a service may be away before it counts as a failure. */
const patienceMs = 15_000;

/**
 * Calls the public API as any of the demo's people.
 * @param {(userId: string, scope?: string) => Promise<string>} signToken without it, the development server gives tokens out
 */
export function demoClient(baseUrl, signToken) {
  const tokens = new Map();

  async function token(userId, scope) {
    const key = `${userId} ${scope ?? ''}`;
    if (!tokens.has(key)) tokens.set(key, await (signToken ?? askForToken)(userId, scope));
    return tokens.get(key);
  }

  async function askForToken(userId, scope) {
    return (await request('POST', '/v1/dev/tokens', { body: { userId, scope } })).token;
  }

  /**
   * @param {{as?: string, scope?: string, body?: unknown, accept?: number[], headers?: Record<string, string>}} how
   *   `accept`: statuses beside 2xx that are no error
   * @returns the body, parsed. @throws Error with its `status` when it is refused
   */
  async function request(method, path, { as, scope, body, accept = [], headers = {} } = {}) {
    const init = {
      method,
      headers: {
        // So that it can be sent again when nobody knows whether it was done.
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
        ...headers,
        ...(body && { 'content-type': 'application/json' }),
        ...(as && { authorization: `Bearer ${await token(as, scope)}` }),
      },
    };
    if (body) init.body = JSON.stringify(body);
    const { response, text } = await untilAvailable(() => send(baseUrl, path, init));
    if (!response.ok && !accept.includes(response.status)) {
      const message = `${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`;
      throw Object.assign(new Error(message), { status: response.status });
    }
    return text ? JSON.parse(text) : undefined;
  }

  return { url: baseUrl, token, request };
}

async function send(baseUrl, path, init) {
  try {
    const response = await fetch(baseUrl + path, { ...init, signal: AbortSignal.timeout(answerMs) });
    return { response, text: await response.text() };
  } catch (error) {
    const why = error.cause?.code ?? error.cause?.message ?? error.message;
    throw new Error(`No Beckon answers at ${baseUrl} (${why}).`, { cause: error });
  }
}

/**
 * 503 says when to come back, and that nothing was done, unless PostgreSQL broke off in the middle; 504 that it may have
 * been. By its key what is sent again has no effect twice.
 */
async function untilAvailable(attempt) {
  for (const end = Date.now() + patienceMs; ;) {
    const answer = await attempt();
    if (![503, 504].includes(answer.response.status) || Date.now() > end) return answer;
    await sleep(1000 * Number(answer.response.headers.get('retry-after') ?? 1));
  }
}
