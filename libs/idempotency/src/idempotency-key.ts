import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

import { CodedError } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';

const KEY = /^[\x21-\x7e]{1,64}$/;

/** Parameter decorator: the request's Idempotency-Key, undefined when it has none. @throws CodedError INVALID_INPUT */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined => {
    const { headers } = context
      .switchToHttp()
      .getRequest<{ headers: Record<string, string | string[] | undefined> }>();
    const key = headers['idempotency-key'];
    if (key === undefined) return undefined;
    if (typeof key === 'string' && KEY.test(key)) return key;
    throw new CodedError(
      CommonErrors.INVALID_INPUT,
      'The Idempotency-Key is not 1 to 64 visible ASCII characters.',
      {
        issues: [{ path: 'headers.idempotency-key', message: 'must be 1 to 64 visible ASCII characters' }],
      },
    );
  },
);
