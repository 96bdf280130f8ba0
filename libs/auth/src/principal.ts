import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';

import { ClientId } from '#contracts/ids.js';
import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

export type Scope = 'service' | 'admin';

/** Who a verified token speaks for. */
export interface Principal {
  readonly userId: string;
  readonly scopes: ReadonlySet<string>;
  /** When the token ends, in epoch milliseconds. */
  readonly expiresAt: number;
}

/** The part of a Fastify request that authentication reads and writes. */
export interface AuthenticatedRequest {
  readonly headers: Record<string, string | string[] | undefined>;
  principal?: Principal;
}

const PUBLIC = 'beckon:public';
const SCOPE = 'beckon:scope';

/** Opens a route or a controller to callers without a token. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Closes a route to tokens without this scope: 403. */
export const RequireScope = (scope: Scope) => SetMetadata(SCOPE, scope);

export const authMetadata = { PUBLIC, SCOPE } as const;

export function principalOf(request: AuthenticatedRequest): Principal {
  if (request.principal === undefined) {
    throw new CodedError(CommonErrors.UNAUTHENTICATED, 'A bearer token is required.');
  }
  return request.principal;
}

/**
 * The user that a request acts as: the token's own, or the one a service names in `Beckon-Actor`.
 * @throws CodedError ACTOR_REQUIRED when a service names nobody (or nobody possible), FORBIDDEN when a user names another.
 */
export function actorOf(request: AuthenticatedRequest): string {
  const principal = principalOf(request);
  const named = request.headers['beckon-actor'];
  if (principal.scopes.has('service')) {
    const parsed = ClientId.safeParse(named);
    if (!parsed.success) {
      throw new CodedError(
        CommonErrors.ACTOR_REQUIRED,
        'A service token names the user it acts for in the header Beckon-Actor.',
      );
    }
    return parsed.data;
  }
  if (named !== undefined && named !== principal.userId) {
    throw new CodedError(CommonErrors.FORBIDDEN, 'Only a service token may act for another user.');
  }
  return principal.userId;
}

/** Parameter decorator: the id of the user that the request acts as. */
export const Actor = createParamDecorator((_: unknown, context: ExecutionContext) =>
  actorOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);

/** Parameter decorator: the token's principal, for routes that do not act as a user. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);
