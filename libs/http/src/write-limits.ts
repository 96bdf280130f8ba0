import { Global, Injectable, Module } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

import { actorOf, type AuthenticatedRequest } from '#auth/principal.js';
import { Config } from '#config/config.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

/** Limits the writes of one person in one process; in memory, so that no request waits for Redis. */
@Injectable()
export class WriteLimits {
  private readonly limiter: RateLimiterMemory;

  constructor(config: Config) {
    this.limiter = new RateLimiterMemory({ points: config.WRITES_PER_SECOND, duration: 1 });
  }

  /**
   * Counts an authenticated request that writes.
   * @throws CodedError TOO_MANY_REQUESTS, with when to come back
   */
  async count(request: AuthenticatedRequest): Promise<void> {
    // A service that names nobody loads in bulk; its volume is its own affair.
    if (request.principal?.scopes.has('service') === true && request.headers['beckon-actor'] === undefined)
      return;
    try {
      await this.limiter.consume(actorOf(request));
    } catch (refusal) {
      if (refusal instanceof Error) throw refusal;
      throw new CodedError(CommonErrors.TOO_MANY_REQUESTS, 'This user writes faster than allowed.', {
        retryAfterSeconds: Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000)),
      });
    }
  }
}

/** Whether a method may change something (RFC 9110, 9.2.1). */
export function isWrite(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

@Global()
@Module({ providers: [WriteLimits], exports: [WriteLimits] })
export class WriteLimitsModule {}
