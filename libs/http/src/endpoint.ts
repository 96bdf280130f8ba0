import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';

import type { ErrorDefinition } from '#errors/coded-error.js';
import { CommonErrors } from '#errors/common-errors.js';
import { PROBLEM_TYPE, Problem, statusOf, toProblem } from '#http/problem.js';
import { CodedError } from '#errors/coded-error.js';

export interface EndpointDescription {
  readonly summary: string;
  readonly description?: string;
  /** Good answers by status; `null` is an answer without a body. The schema carries the example. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** Errors beyond those that every route of its kind has. */
  readonly errors?: readonly ErrorDefinition[];
  /** `user` acts as a person (tokens, Beckon-Actor), `token` needs a token only, `public` needs none. */
  readonly caller?: 'user' | 'token' | 'public';
  readonly writes?: boolean;
  /** Others are told of what it writes, so it is refused while too much waits to be told. */
  readonly emits?: boolean;
  readonly hasInput?: boolean;
}

/** Documents a route completely: each answer with its schema, each error with an example. */
export function Endpoint(endpoint: EndpointDescription): MethodDecorator {
  const caller = endpoint.caller ?? 'user';
  const errors = new Set(endpoint.errors);
  if (endpoint.hasInput ?? true) errors.add(CommonErrors.INVALID_INPUT);
  errors.add(CommonErrors.DEPENDENCY_UNAVAILABLE);
  if (caller !== 'public') errors.add(CommonErrors.UNAUTHENTICATED);
  if (caller === 'user') errors.add(CommonErrors.ACTOR_REQUIRED).add(CommonErrors.FORBIDDEN);
  if (endpoint.writes) {
    errors.add(CommonErrors.TOO_MANY_REQUESTS).add(CommonErrors.MALFORMED_JSON);
    errors.add(CommonErrors.BODY_TOO_LARGE).add(CommonErrors.UNSUPPORTED_MEDIA_TYPE);
    errors.add(CommonErrors.ANSWER_LOST);
  }
  if (endpoint.emits) errors.add(CommonErrors.BACKLOG_FULL);
  const decorators = [
    ApiOperation({
      summary: endpoint.summary,
      ...(caller === 'public' ? { security: [] } : {}),
      ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
    }),
    ...Object.entries(endpoint.answers).map(([status, schema]) => answer(Number(status), schema)),
    ...errorResponses(errors),
  ];
  if (caller !== 'public') decorators.push(ApiBearerAuth());
  if (caller === 'user') {
    decorators.push(
      ApiHeader({
        name: 'Beckon-Actor',
        required: false,
        description: 'With a service token: the user it acts for.',
      }),
    );
  }
  return applyDecorators(...decorators);
}

/** Documents the header of routes that create. */
export const AcceptsIdempotencyKey = () =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: '1 to 64 characters. The same key and body returns the first answer, for 24 hours.',
    schema: { type: 'string', minLength: 1, maxLength: 64 },
  });

function answer(status: number, schema: z.ZodType | null): MethodDecorator {
  if (schema === null) return ApiResponse({ status, description: 'Done.' });
  const description = schema.meta()?.description ?? (status === 201 ? 'Created.' : 'The answer.');
  const example = (schema.meta()?.examples as readonly unknown[] | undefined)?.[0];
  return ApiResponse({
    status,
    description,
    standardSchema: schema,
    ...(example === undefined ? {} : { example }),
  });
}

/** Errors that share a status share a response, with an example each. */
function errorResponses(errors: Iterable<ErrorDefinition>): MethodDecorator[] {
  const byStatus = new Map<number, ErrorDefinition[]>();
  for (const error of errors) {
    const status = statusOf[error.kind];
    byStatus.set(status, [...(byStatus.get(status) ?? []), error]);
  }
  return [...byStatus].map(([status, definitions]) =>
    ApiResponse({
      status,
      description: definitions.map((definition) => `${definition.code}: ${definition.title}.`).join(' '),
      content: {
        [PROBLEM_TYPE]: {
          schema: { $ref: `#/components/schemas/${Problem.meta()?.id}` },
          examples: Object.fromEntries(
            definitions.map((definition) => [
              definition.code,
              {
                value: toProblem(
                  new CodedError(definition, `${definition.title}.`),
                  '019a0000-0000-7000-8000-000000000000',
                ),
              },
            ]),
          ),
        },
      },
    }),
  );
}
