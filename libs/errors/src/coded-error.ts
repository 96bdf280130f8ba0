/** What kind of refusal an error is; the edge maps it to an HTTP or gRPC status. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'unprocessable'
  | 'too_large'
  | 'unsupported_media'
  | 'too_many'
  | 'timeout'
  | 'headers_too_large'
  | 'unavailable'
  | 'lost';

/** A documented error: `code` is a stable constant that clients branch on. */
export interface ErrorDefinition {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly title: string;
}

/** One thing that is wrong with the input: where (a JSON path such as `body.type`), and what. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

export interface CodedErrorOptions {
  readonly cause?: unknown;
  readonly issues?: readonly InputIssue[];
  readonly retryAfterSeconds?: number;
}

/** Declares the coded errors of a feature: `{ CODE: [kind, title] }` becomes `{ CODE: definition }`. */
export function defineErrors<const T extends Record<string, readonly [ErrorKind, string]>>(
  table: T,
): { readonly [K in keyof T]: ErrorDefinition } {
  return Object.fromEntries(
    Object.entries(table).map(([code, [kind, title]]) => [code, { code, kind, title }]),
  ) as { [K in keyof T]: ErrorDefinition };
}

/** The only error that services throw on purpose; `message` is safe to show to the caller. */
export class CodedError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly title: string;
  readonly issues: readonly InputIssue[];
  readonly retryAfterSeconds: number | undefined;

  constructor(definition: ErrorDefinition, detail: string, options: CodedErrorOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'CodedError';
    this.code = definition.code;
    this.kind = definition.kind;
    this.title = definition.title;
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
