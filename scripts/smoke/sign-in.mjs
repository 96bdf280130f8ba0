import { SignJWT } from 'jose';

/**
 * Signs tokens as the sign-in of a network would.
 * @param {NodeJS.ProcessEnv} env `AUTH_HS256_SECRET`, `AUTH_ISSUER` and `AUTH_AUDIENCE` as that Beckon has them
 * @returns {((userId: string, scope?: string) => Promise<string>) | undefined} undefined when there is no secret
 */
export function signerFrom({ AUTH_HS256_SECRET: secret, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience }) {
  if (!secret) return undefined;
  const key = new TextEncoder().encode(secret);
  return (userId, scope) =>
    new SignJWT(scope ? { scope } : {})
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(userId)
      .setIssuer(issuer || 'beckon')
      .setAudience(audience || 'beckon')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(key);
}

/**
 * Sees that people and an operator are let in.
 * @throws Error that says what to set when they are not
 */
export async function signIn(client, userIds) {
  try {
    for (const userId of userIds) await client.request('GET', '/v1/notifications/counts', { as: userId });
    await client.request('GET', '/v1/admin/queues', { as: 'operator', scope: 'admin' });
  } catch (error) {
    if (error.status === 404)
      throw new Error(
        'only a Beckon in development gives tokens out: set AUTH_HS256_SECRET to what this one has',
        { cause: error },
      );
    if (error.status === 401)
      throw new Error(
        'it refuses our tokens: AUTH_HS256_SECRET, AUTH_ISSUER and AUTH_AUDIENCE must be what it has',
        { cause: error },
      );
    throw error;
  }
}
