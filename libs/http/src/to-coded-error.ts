import { HttpException } from '@nestjs/common';

import { CodedError, type ErrorDefinition } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { isInfrastructureError } from '#errors/infrastructure.js';

/** Fastify's own refusals. https://fastify.dev/docs/latest/Reference/Errors/ */
const byFastifyCode: Record<string, ErrorDefinition> = {
  FST_ERR_CTP_BODY_TOO_LARGE: CommonErrors.BODY_TOO_LARGE,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: CommonErrors.UNSUPPORTED_MEDIA_TYPE,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: CommonErrors.INVALID_INPUT,
  FST_ERR_BAD_URL: CommonErrors.INVALID_INPUT,
  FST_ERR_ASYNC_CONSTRAINT: CommonErrors.INVALID_INPUT,
  FST_ERR_MAX_PARAM_LENGTH: CommonErrors.INVALID_INPUT,
};

const byStatus: Record<number, ErrorDefinition> = {
  400: CommonErrors.INVALID_INPUT,
  // A path that leaves the folder of pages.
  403: CommonErrors.ROUTE_NOT_FOUND,
  404: CommonErrors.ROUTE_NOT_FOUND,
  405: CommonErrors.ROUTE_NOT_FOUND,
  408: CommonErrors.REQUEST_TIMEOUT,
  413: CommonErrors.BODY_TOO_LARGE,
  414: CommonErrors.INVALID_INPUT,
  415: CommonErrors.UNSUPPORTED_MEDIA_TYPE,
};

/** Seconds after which trying again makes sense when a dependency is away. */
const RETRY_AFTER_SECONDS = 1;

/** Turns whatever was thrown on the way of a request into a coded error; undefined when it is a fault of our own. */
export function toCodedError(error: unknown): CodedError | undefined {
  if (error instanceof CodedError) return error;
  if (isInfrastructureError(error)) {
    return new CodedError(
      CommonErrors.DEPENDENCY_UNAVAILABLE,
      'A service that this needs is away; try again soon.',
      {
        cause: error,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      },
    );
  }
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  const status = (error instanceof HttpException ? error.getStatus() : statusCode) ?? 500;
  const refused = status >= 400 && status < 500;
  const definition =
    byFastifyCode[code ?? ''] ?? byStatus[status] ?? (refused ? CommonErrors.INVALID_INPUT : undefined);
  if (definition === undefined) return undefined;
  const detail =
    definition === CommonErrors.ROUTE_NOT_FOUND ? 'There is no such route.' : (error as Error).message;
  return new CodedError(definition, detail, { cause: error });
}
