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

import { Config } from '#config/config.js';
import { ClientId } from '#contracts/ids.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import type { Principal } from '#auth/principal.js';

const JWKS_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
/** Clocks of issuer and Beckon may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5;
const SERVICE_ISSUER = 'beckon-internal';
/** Twice as long as clocks of two machines may be apart and still agree. */
const SERVICE_TOKEN_SECONDS = 1_200;
/** No token lasts longer: past this neither JavaScript nor PostgreSQL writes times as RFC 3339. */
const END_OF_TIME_MS = Date.UTC(9999, 11, 31);

/** Verifies who calls, and signs the tokens that Beckon's own processes call each other with. */
@Injectable()
export class Tokens {
  private readonly userSecret: Uint8Array | undefined;
  private readonly serviceSecret: Uint8Array;
  private readonly jwks: JWTVerifyGetKey | undefined;
  private serviceToken: { value: string; renewAt: number } | undefined;

  constructor(private readonly config: Config) {
    const encode = (value: string) => new TextEncoder().encode(value);
    this.userSecret = config.AUTH_HS256_SECRET === undefined ? undefined : encode(config.AUTH_HS256_SECRET);
    this.serviceSecret = encode(config.SERVICE_TOKEN_SECRET);
    this.jwks =
      config.AUTH_JWKS_URL === undefined ? undefined : createRemoteJWKSet(new URL(config.AUTH_JWKS_URL));
  }

  /**
   * Verifies a caller's JWT: signature, times, issuer, audience, type.
   * @throws CodedError UNAUTHENTICATED, without saying more than needed; DEPENDENCY_UNAVAILABLE when the JWKS can't be had.
   */
  async verify(token: string): Promise<Principal> {
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
   * Verifies the caller of a gRPC method: one of Beckon's processes, or a network's own token with scope `service`.
   * @throws CodedError UNAUTHENTICATED
   */
  async verifyService(token: string): Promise<void> {
    const own = await jwtVerify(token, this.serviceSecret, {
      issuer: SERVICE_ISSUER,
      audience: this.config.AUTH_AUDIENCE,
      algorithms: ['HS256'],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    }).catch(() => undefined);
    if (own !== undefined) return;
    const principal = await this.verify(token);
    if (!principal.scopes.has('service')) {
      throw new CodedError(CommonErrors.UNAUTHENTICATED, 'This token does not have the scope service.');
    }
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
