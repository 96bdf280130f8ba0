import { Injectable } from '@nestjs/common';
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { createSecretKey, type KeyObject } from 'node:crypto';

import { Config } from '#config/config.js';
import { ClientId } from '#contracts/ids.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import type { Principal, Scope } from '#auth/principal.js';

const JWKS_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
/** Clocks of issuer and Beckon may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** How long a token that was good is not looked at again. The keys themselves are kept for jose's ten minutes. */
const REMEMBERED_MS = 30_000;
const SERVICE_ISSUER = 'beckon-internal';
/** Twice as long as clocks of two machines may be apart and still agree. */
const SERVICE_TOKEN_SECONDS = 1_200;
/** No token lasts longer: past this neither JavaScript nor PostgreSQL writes times as RFC 3339. */
const END_OF_TIME_MS = Date.UTC(9999, 11, 31);

/** Verifies who calls, and signs the tokens that Beckon's own processes call each other with. */
@Injectable()
export class Tokens {
  private readonly userSecret: KeyObject | undefined;
  private readonly serviceSecret: KeyObject;
  /** What was verified within the last half minute: requests come in bursts. With `max` its room would be taken now. */
  private readonly goodTokens = new LRUCache<string, Principal>({
    maxSize: 10_000,
    sizeCalculation: () => 1,
  });
  /** The same few tokens come with every call between processes; each is verified once. */
  private readonly goodServiceTokens = new LRUCache<string, true>({ max: 100 });
  private readonly jwks: JWTVerifyGetKey | undefined;
  private serviceToken: { value: string; renewAt: number } | undefined;

  constructor(private readonly config: Config) {
    const key = (secret: string) => createSecretKey(secret, 'utf8');
    this.userSecret = config.AUTH_HS256_SECRET === undefined ? undefined : key(config.AUTH_HS256_SECRET);
    this.serviceSecret = key(config.SERVICE_TOKEN_SECRET);
    this.jwks =
      config.AUTH_JWKS_URL === undefined ? undefined : createRemoteJWKSet(new URL(config.AUTH_JWKS_URL));
  }

  /**
   * Verifies a caller's JWT: signature, times, issuer, audience, type.
   * @throws CodedError UNAUTHENTICATED, without saying more than needed; DEPENDENCY_UNAVAILABLE when the JWKS can't be had.
   */
  async verify(token: string): Promise<Principal> {
    const known = this.goodTokens.get(token);
    if (known !== undefined) return known;
    const principal = await this.verifyToken(token);
    const ttl = Math.min(REMEMBERED_MS, principal.expiresAt - Date.now());
    if (ttl > 0) this.goodTokens.set(token, principal, { ttl });
    return principal;
  }

  private async verifyToken(token: string): Promise<Principal> {
    try {
      const alg = algorithmOf(token);
      const options = {
        issuer: this.config.AUTH_ISSUER,
        audience: this.config.AUTH_AUDIENCE,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['sub', 'exp'],
      };
      // The key decides the algorithm, never the token: HS256 only ever meets the secret, the rest only the JWKS.
      if (alg === 'HS256' && this.userSecret !== undefined) {
        return toPrincipal(
          (await jwtVerify(token, this.userSecret, { ...options, algorithms: ['HS256'] })).payload,
        );
      }
      if (this.jwks !== undefined) {
        return toPrincipal(
          (await jwtVerify(token, this.jwks, { ...options, algorithms: JWKS_ALGORITHMS })).payload,
        );
      }
      throw new errors.JOSEAlgNotAllowed('no key for this algorithm');
    } catch (error) {
      if (isKeyServerTrouble(error)) {
        throw new CodedError(
          CommonErrors.DEPENDENCY_UNAVAILABLE,
          'The keys that tokens are checked with cannot be had now.',
          {
            cause: error,
            retryAfterSeconds: 1,
          },
        );
      }
      const detail =
        error instanceof errors.JWTExpired ? 'The token has expired.' : 'The token is not valid.';
      throw new CodedError(CommonErrors.UNAUTHENTICATED, detail, { cause: error });
    }
  }

  /** Signs a development token. Only offered where BECKON_ENV is `development`. */
  async signForDevelopment(
    userId: string,
    scope: string | undefined,
    expiresInSeconds: number,
  ): Promise<string> {
    if (this.userSecret === undefined) {
      throw new CodedError(CommonErrors.FORBIDDEN, 'Development tokens need AUTH_HS256_SECRET.');
    }
    return new SignJWT(scope === undefined ? {} : { scope })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(userId)
      .setIssuer(this.config.AUTH_ISSUER)
      .setAudience(this.config.AUTH_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(`${expiresInSeconds}s`)
      .sign(this.userSecret);
  }

  /** The token of Beckon's processes among themselves, signed anew before it ends. */
  async forService(): Promise<string> {
    const now = Date.now();
    if (this.serviceToken === undefined || this.serviceToken.renewAt <= now) {
      const value = await new SignJWT({ scope: 'service' })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject('beckon')
        .setIssuer(SERVICE_ISSUER)
        .setAudience(this.config.AUTH_AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(`${SERVICE_TOKEN_SECONDS}s`)
        .sign(this.serviceSecret);
      this.serviceToken = { value, renewAt: now + (SERVICE_TOKEN_SECONDS / 2) * 1000 };
    }
    return this.serviceToken.value;
  }

  /**
   * Verifies the caller of a gRPC method: one of Beckon's processes, or a network's own token with this scope.
   * @throws CodedError UNAUTHENTICATED
   */
  async verifyService(token: string, scope: Scope): Promise<void> {
    if (this.goodServiceTokens.has(token) || (await this.isOurOwn(token))) return;
    const { scopes } = await this.verify(token);
    if (!scopes.has(scope)) {
      throw new CodedError(CommonErrors.UNAUTHENTICATED, `This token does not have the scope ${scope}.`);
    }
  }

  /** Whether one of Beckon's processes signed it. Such a token is remembered to its end, which is never far. */
  private async isOurOwn(token: string): Promise<boolean> {
    const own = await jwtVerify(token, this.serviceSecret, {
      issuer: SERVICE_ISSUER,
      audience: this.config.AUTH_AUDIENCE,
      algorithms: ['HS256'],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    }).catch(() => undefined);
    if (own === undefined) return false;
    const leftMs = (own.payload.exp ?? 0) * 1000 - Date.now();
    this.goodServiceTokens.set(token, true, { ttl: Math.max(1, leftMs) });
    return true;
  }
}

/** Whether the keys could not be had: jose reports an answer that is not 200 or no JSON by its generic error alone. */
function isKeyServerTrouble(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === errors.JOSEError.code
  );
}

/** @throws JWTInvalid when this is no JWT, or a JWT of another type than an access token. */
function algorithmOf(token: string): string | undefined {
  try {
    const { alg, typ } = decodeProtectedHeader(token);
    if (typ === undefined || /^(at\+)?jwt$/i.test(typ)) return alg;
  } catch (error) {
    throw new errors.JWTInvalid('not a JWT', { cause: error });
  }
  throw new errors.JWTInvalid('wrong typ');
}

function toPrincipal(payload: JWTPayload): Principal {
  const userId = ClientId.safeParse(payload.sub);
  if (!userId.success) throw new errors.JWTInvalid('sub is not a user id');
  const scope = typeof payload['scope'] === 'string' ? payload['scope'] : '';
  return {
    userId: userId.data,
    scopes: new Set(scope.split(' ').filter((part) => part !== '')),
    expiresAt: Math.min((payload.exp ?? 0) * 1000, END_OF_TIME_MS),
  };
}
