// Signs a token as your sign-in would: npm run example -- token <user id> [scope]
import { createHmac } from 'node:crypto';

const HOUR_SECONDS = 3600;

const [userId, scope] = process.argv.slice(2);
const secret = process.env.AUTH_HS256_SECRET;
if (userId === undefined || secret === undefined)
  throw new Error('a user id and AUTH_HS256_SECRET are needed');
console.log(signToken(userId, secret, scope));

/** @param secret what your sign-in and Beckon share. @param scope `service`, `admin`, both, or none for a person */
function signToken(userId: string, secret: string, scope?: string): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: userId, iss: 'beckon', aud: 'beckon', iat: now, exp: now + HOUR_SECONDS, scope };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
