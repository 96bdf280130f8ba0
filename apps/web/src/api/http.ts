import { problemOf, unreachable } from './problem.js';
import { forgetToken, tokenFor, type TokenScope } from './tokens.js';

export interface Call {
  /** The user in whose name the call is made. */
  as: string;
  scope?: TokenScope;
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
  /** Told `performance.now()` right before the request leaves (once, the token being there already). */
  onSend?: (at: number) => void;
}

const TIMEOUT_MS = 15_000;
/** A busy server says 503 and when to come again; reads do, and nobody has to press a button for it. */
const READ_TRIES = 4;
const LONGEST_WAIT_SECONDS = 3;

/**
 * One call of the API. A refused token is renewed once, and a read that a busy server declines is tried again.
 * @throws Problem
 */
export async function call<Answer>(path: string, options: Call): Promise<Answer> {
  const { as, scope } = options;
  let response = await send(path, options, await tokenFor(as, scope));
  if (response.status === 401 && forgetToken(as, scope)) {
    response = await send(path, { ...options, onSend: undefined }, await tokenFor(as, scope));
  }
  const reads = (options.method ?? 'GET') === 'GET';
  for (let tries = 1; reads && response.status === 503 && tries < READ_TRIES; tries++) {
    await waitAsAsked(response);
    response = await send(path, options, await tokenFor(as, scope));
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as Answer;
  return (await response.json().catch((cause: unknown) => {
    throw unreachable(cause);
  })) as Answer;
}

/** A path with encoded parts and a query: ``path`/v1/posts/${id}``. */
export function path(parts: TemplateStringsArray, ...values: string[]): string {
  return String.raw({ raw: parts }, ...values.map(encodeURIComponent));
}

async function send(path: string, options: Call, token: string): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  options.onSend?.(performance.now());
  try {
    return await fetch(path, {
      method: options.method ?? 'GET',
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw unreachable(cause);
  }
}

function waitAsAsked(response: Response): Promise<void> {
  const asked = Number(response.headers.get('retry-after') ?? 1) || 1;
  return new Promise((resolve) => setTimeout(resolve, Math.min(asked, LONGEST_WAIT_SECONDS) * 1000));
}
