import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import { type AuthenticatedRequest, authMetadata, type Scope } from '#auth/principal.js';
import { Tokens } from '#auth/tokens.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

/** Every HTTP route needs a good bearer token unless it is `@Public()`. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly tokens: Tokens,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(authMetadata.PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    request.principal = await this.tokens.verify(bearerToken(request.headers.authorization));
    const scope = this.reflector.getAllAndOverride<Scope | undefined>(authMetadata.SCOPE, targets);
    if (scope !== undefined && !request.principal.scopes.has(scope)) {
      throw new CodedError(CommonErrors.FORBIDDEN, `This needs a token with the scope ${scope}.`);
    }
    return true;
  }
}

/** @throws CodedError UNAUTHENTICATED when the header is not `Bearer <token>`. */
export function bearerToken(header: string | string[] | undefined): string {
  const match = typeof header === 'string' ? /^Bearer +([\w.~+/=-]+)$/i.exec(header) : null;
  if (match?.[1] === undefined)
    throw new CodedError(CommonErrors.UNAUTHENTICATED, 'A bearer token is required.');
  return match[1];
}
