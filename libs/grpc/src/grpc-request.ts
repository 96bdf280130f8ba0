import { z } from 'zod';

import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

/** As the contract says: PostgreSQL takes fewer offsets than RFC 3339 has, and no year 0. */
export const UtcTime = z.iso
  .datetime({ offset: true })
  .regex(/^(?!0000).*(Z|\+00:00)$/, 'must be a time in UTC of the year 1 or later');

/** Without NUL, which PostgreSQL can't hold; over REST no body and no query has one. */
export const Text = z
  .string()
  .max(500)
  .refine((text) => !text.includes('\0'), 'has a NUL character');

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
