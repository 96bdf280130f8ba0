import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

import type { AuthenticatedRequest } from '#auth/principal.js';
import { isWrite, WriteLimits } from '#http/write-limits.js';

/** Refuses what one person writes beyond the limit; public routes have none. */
@Injectable()
export class WriteLimitGuard implements CanActivate {
  constructor(private readonly limits: WriteLimits) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest & { method: string }>();
    if (request.principal !== undefined && isWrite(request.method)) await this.limits.count(request);
    return true;
  }
}
