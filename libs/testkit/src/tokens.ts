import { SignJWT } from 'jose';

export const USER_SECRET = 'a-secret-of-the-tests-for-user-tokens';
export const SERVICE_SECRET = 'a-secret-of-the-tests-for-service-tokens';

/** Longer than any run of chaos or abuse. */
const EXPIRES_IN_SECONDS = 24 * 3600;

/** Signs a token as a network would. `claims` override the good ones. */
export async function signToken(
  userId: string,
  options: {
    scope?: string;
    expiresInSeconds?: number;
    claims?: Record<string, unknown>;
    secret?: string;
  } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    sub: userId,
    iss: 'beckon',
    aud: 'beckon',
    iat: now,
    exp: now + (options.expiresInSeconds ?? EXPIRES_IN_SECONDS),
    ...(options.scope === undefined ? {} : { scope: options.scope }),
    ...options.claims,
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(options.secret ?? USER_SECRET));
}
