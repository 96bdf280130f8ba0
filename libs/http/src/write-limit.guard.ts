import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

import { actorOf, type AuthenticatedRequest } from '#auth/principal.js';
import { Config } from '#config/config.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

/** Limits the writes of one person in one process; in memory, so that no request waits for Redis. */
@Injectable()
export class WriteLimitGuard implements CanActivate {
  private readonly limiter: RateLimiterMemory;

  constructor(config: Config) {
    this.limiter = new RateLimiterMemory({ points: config.WRITES_PER_SECOND, duration: 1 });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest & { method: string }>();
    const { principal, method } = request;
    if (principal === undefined || method === 'GET' || method === 'HEAD') return true;
    // A service that names nobody loads in bulk; its volume is its own affair.
    if (principal.scopes.has('service') && request.headers['beckon-actor'] === undefined) return true;
    try {
      await this.limiter.consume(actorOf(request));
      return true;
    } catch (refusal) {
      if (refusal instanceof Error) throw refusal;
      throw new CodedError(CommonErrors.TOO_MANY_REQUESTS, 'This user writes faster than allowed.', {
        retryAfterSeconds: Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000)),
      });
    }
  }
}
