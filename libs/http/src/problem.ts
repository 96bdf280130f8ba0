import { z } from 'zod';

import type { CodedError, ErrorKind } from '#errors/coded-error.js';

/** RFC 9110 and RFC 6585 status of each kind of refusal. */
export const statusOf: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  timeout: 408,
  conflict: 409,
  too_large: 413,
  unsupported_media: 415,
  unprocessable: 422,
  too_many: 429,
  headers_too_large: 431,
  unavailable: 503,
  lost: 504,
};

/** RFC 9457. */
export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof Problem>;

export const PROBLEM_TYPE = 'application/problem+json';

export function toProblem(error: CodedError, requestId: string): Problem {
  return {
    type: `urn:beckon:error:${error.code}`,
    title: error.title,
    status: statusOf[error.kind],
    detail: error.message,
    code: error.code,
    requestId,
    errors: error.issues.map(({ path, message }) => ({ path, message })),
  };
}

/** What the caller sees of a fault of our own: nothing but where to look for it in the logs. */
export function internalProblem(requestId: string): Problem {
  return {
    type: 'urn:beckon:error:INTERNAL',
    title: 'Internal error',
    status: 500,
    detail: 'Something went wrong on our side; the request id finds it in the logs.',
    code: 'INTERNAL',
    requestId,
    errors: [],
  };
}
