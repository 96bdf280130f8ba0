import type { z } from 'zod';

import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

/**
 * Checks a gRPC request, whose generated type says nothing of sizes and of what an id may hold.
 * @throws CodedError INVALID_INPUT (INVALID_ARGUMENT to the caller) that names the first thing wrong.
 */
export function parseRequest<T>(schema: z.ZodType<T>, request: unknown): T {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CodedError(CommonErrors.INVALID_INPUT, `${issue?.path.join('.')}: ${issue?.message}`);
}
