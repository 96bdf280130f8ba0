import { type ArgumentMetadata, StandardSchemaValidationPipe } from '@nestjs/common';

import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

/** Validates body, query and path against their zod schemas; names where each issue is (`body.type`). */
export class InputValidationPipe extends StandardSchemaValidationPipe {
  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      // Nest passes undefined for a body that was not sent; an absent object must fail field by field.
      // What a parameter decorator of ours finds (an Idempotency-Key) may well be undefined, and stays so.
      const input = metadata.type === 'custom' ? value : (value ?? ({} as T));
      return await super.transform(input, metadata);
    } catch (error) {
      if (!(error instanceof RawIssues)) throw error;
      throw new CodedError(CommonErrors.INVALID_INPUT, 'Some of the input is not valid; see errors.', {
        issues: error.issues.map((issue) => ({
          path: [metadata.type, ...(issue.path ?? []).map(segment)].join('.'),
          message: issue.message,
        })),
      });
    }
  }

  constructor() {
    super({ exceptionFactory: (issues) => new RawIssues(issues) });
  }
}

type Issues = Parameters<
  NonNullable<NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>['exceptionFactory']>
>[0];

class RawIssues extends Error {
  constructor(readonly issues: Issues) {
    super('invalid input');
  }
}

function segment(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part);
}
