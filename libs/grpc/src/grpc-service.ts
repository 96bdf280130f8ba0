import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import {
  applyDecorators,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RpcException } from '@nestjs/microservices';
import { SpanKind } from '@opentelemetry/api';
import { Histogram } from 'prom-client';
import { Observable, tap, throwError, timeout } from 'rxjs';

import { bearerToken } from '#auth/auth.guard.js';
import type { Scope } from '#auth/principal.js';
import { Tokens } from '#auth/tokens.js';
import { CodedError, type ErrorKind } from '#errors/coded-error.js';
import { isInfrastructureError } from '#errors/infrastructure.js';
import { logger } from '#logging/logger.js';
import { contextOf, endSpan, startSpan, within } from '#tracing/spans.js';

/** A call without a deadline of its own may take this long. */
const SERVER_CAP_MS = 5_000;

const statusOf: Partial<Record<ErrorKind, status>> = {
  invalid: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  conflict: status.ALREADY_EXISTS,
  too_many: status.RESOURCE_EXHAUSTED,
  too_large: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
};

const served = new Histogram({
  name: 'beckon_grpc_server_duration_seconds',
  help: 'gRPC calls served, by method and outcome',
  labelNames: ['method', 'outcome'],
  buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
});

const ScopeOfCallers = Reflector.createDecorator<Scope>();

/**
 * Marks a class as a gRPC service of Beckon: callers show a token of one of its processes or of this scope, errors become
 * gRPC statuses.
 */
export const GrpcService = (scope: Scope = 'service') =>
  applyDecorators(
    Controller(),
    ScopeOfCallers(scope),
    UseGuards(ServiceTokenGuard),
    UseInterceptors(GrpcServerInterceptor),
    UseFilters(GrpcErrorFilter),
  );

@Injectable()
export class ServiceTokenGuard implements CanActivate {
  constructor(
    private readonly tokens: Tokens,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const metadata = context.switchToRpc().getContext<Metadata>();
    const scope = this.reflector.get(ScopeOfCallers, context.getClass());
    await this.tokens.verifyService(bearerToken(metadata.get('authorization')[0]?.toString()), scope);
    return true;
  }
}

/** Times and traces each call, and ends those that run past the server's cap. */
@Injectable()
export class GrpcServerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = context.getArgByIndex<ServerUnaryCall<unknown, unknown>>(2);
    const method = call.getPath();
    const stop = served.startTimer();
    return inServerSpan(call, next.handle()).pipe(
      timeout({
        each: SERVER_CAP_MS,
        with: () =>
          throwError(
            () => new RpcException({ code: status.DEADLINE_EXCEEDED, message: 'server cap reached' }),
          ),
      }),
      tap({
        complete: () => stop({ method, outcome: 'ok' }),
        error: () => stop({ method, outcome: 'error' }),
      }),
    );
  }
}

/** Runs a call in a span of its caller's trace. Handlers begin when they are subscribed to. */
function inServerSpan(
  call: ServerUnaryCall<unknown, unknown>,
  handled: Observable<unknown>,
): Observable<unknown> {
  const method = call.getPath().slice(1);
  const traceparent = call.metadata.get('traceparent')[0]?.toString();
  return new Observable((subscriber) => {
    const span = startSpan(method, {
      kind: SpanKind.SERVER,
      parent: contextOf(traceparent),
      attributes: { 'rpc.system': 'grpc', 'rpc.method': method },
    });
    const traced = tap<unknown>({ error: (error) => endSpan(span, error), complete: () => endSpan(span) });
    return within(span, () => handled.pipe(traced).subscribe(subscriber));
  });
}

@Catch()
export class GrpcErrorFilter implements ExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => toGrpcError(error));
  }
}

function toGrpcError(error: unknown): { code: status; message: string } {
  if (error instanceof RpcException) return error.getError() as { code: status; message: string };
  if (error instanceof CodedError) {
    return {
      code: statusOf[error.kind] ?? status.FAILED_PRECONDITION,
      message: `${error.code}: ${error.message}`,
    };
  }
  if (isInfrastructureError(error)) return { code: status.UNAVAILABLE, message: 'a dependency is away' };
  logger.error({ err: error }, 'gRPC call failed');
  return { code: status.INTERNAL, message: 'internal error' };
}
