import { Problem, problemOf, unreachable } from './problem.js';

/** Renewed this long before its end, so that no call leaves with a token that dies on the way. */
const RENEW_BEFORE_MS = 60_000;

interface Held {
  token: string;
  renewAt: number;
}

/** What a token may do beyond a person's own things. */
export type TokenScope = 'service' | 'admin';

const held = new Map<string, Promise<Held>>();
const pasted = new Map<string, string>();

/**
 * A token that speaks for `userId`: a pasted one, whatever its scope, else one of the development server.
 * @throws Problem `NO_DEV_TOKENS` when the server is no development server.
 */
export async function tokenFor(userId: string, scope?: TokenScope): Promise<string> {
  const own = pasted.get(userId);
  if (own) return own;
  const key = keyOf(userId, scope);
  const before = await held.get(key);
  if (before && before.renewAt > Date.now()) return before.token;
  const asked = askForToken(userId, scope);
  held.set(key, asked);
  asked.catch(() => held.delete(key));
  return (await asked).token;
}

/** The server refused it: ask anew next time. False when there is nothing else to try. */
export function forgetToken(userId: string, scope?: TokenScope): boolean {
  return held.delete(keyOf(userId, scope));
}

/**
 * Keeps a pasted token in memory, for this visit only.
 * @returns the user that it speaks for.
 * @throws Problem when it is no JWT with a subject.
 */
export function keepPastedToken(token: string): string {
  const userId = claimsOf(token.trim())?.userId;
  if (userId === undefined) {
    throw new Problem({ status: 0, code: 'NOT_A_TOKEN', message: 'That is not a JWT with a “sub” claim.' });
  }
  pasted.set(userId, token.trim());
  return userId;
}

const keyOf = (userId: string, scope: TokenScope | undefined) => `${userId} ${scope ?? ''}`;

async function askForToken(userId: string, scope: TokenScope | undefined): Promise<Held> {
  const response = await fetch('/v1/dev/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId, scope }),
    signal: AbortSignal.timeout(15_000),
  }).catch((cause: unknown) => {
    throw unreachable(cause);
  });
  if (response.status === 404) {
    throw new Problem({
      status: 404,
      code: 'NO_DEV_TOKENS',
      message: 'This server hands out no development tokens.',
    });
  }
  if (!response.ok) throw await problemOf(response);
  const { token, expiresIn } = (await response.json()) as { token: string; expiresIn: number };
  const lifetime = expiresIn * 1000;
  return { token, renewAt: Date.now() + lifetime - Math.min(RENEW_BEFORE_MS, lifetime / 4) };
}

/** Whose a token is and what it may do, unverified; null for what is no JWT with a subject. */
export function claimsOf(token: string): { userId: string; scopes: readonly string[] } | null {
  try {
    const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
    const { sub, scope } = JSON.parse(atob(payload)) as { sub?: unknown; scope?: unknown };
    if (typeof sub !== 'string' || sub === '') return null;
    return { userId: sub, scopes: typeof scope === 'string' ? scope.split(' ') : [] };
  } catch {
    return null;
  }
}
