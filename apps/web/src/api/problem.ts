export interface FieldError {
  path: string;
  message: string;
}

/** Why a call failed: the server's RFC 9457 answer, or `UNREACHABLE` (status 0) when there was none. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly fields: readonly FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(parts: {
    status: number;
    code: string;
    message: string;
    requestId?: string | null;
    fields?: readonly FieldError[];
    retryAfterSeconds?: number | null;
    cause?: unknown;
  }) {
    super(parts.message, { cause: parts.cause });
    this.name = 'Problem';
    this.status = parts.status;
    this.code = parts.code;
    this.requestId = parts.requestId ?? null;
    this.fields = parts.fields ?? [];
    this.retryAfterSeconds = parts.retryAfterSeconds ?? null;
  }
}

/** The problem that a failed response tells of, whatever its body is. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = asRecord(await response.json().catch(() => null));
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new Problem({
    status: response.status,
    code: text(body['code']) ?? `HTTP_${response.status}`,
    message: text(body['detail']) ?? text(body['title']) ?? kindly(response.status),
    requestId: text(body['requestId']),
    fields: fieldErrors(body['errors']),
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
  });
}

export function unreachable(cause: unknown): Problem {
  const message = navigator.onLine
    ? 'Beckon does not answer. It may be starting; please try again in a moment.'
    : 'This device is offline.';
  return new Problem({ status: 0, code: 'UNREACHABLE', message, cause });
}

/** What went wrong, as one sentence for people. */
export function sayKindly(error: unknown): string {
  if (!(error instanceof Problem)) return 'Something on this page went wrong. Reloading it usually helps.';
  // Other errors say all there is to say; of invalid input the field is what helps.
  const field = error.code === 'INVALID_INPUT' ? error.fields[0] : undefined;
  const said = field
    ? `${error.message} (${field.path.replace('body.', '')}: ${field.message})`
    : error.message;
  if (!error.retryAfterSeconds) return said;
  const seconds = Math.ceil(error.retryAfterSeconds);
  return `${said} Try again in ${seconds} second${seconds === 1 ? '' : 's'}.`;
}

function kindly(status: number): string {
  if (status === 401) return 'The server did not accept the sign-in.';
  if (status === 404) return 'That is not there any more.';
  if (status === 429) return 'That was a little too fast.';
  if (status >= 500) return 'Beckon could not do that just now.';
  return 'That did not work.';
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry: unknown) => {
    const record = asRecord(entry);
    const path = record['path'];
    return {
      path: Array.isArray(path) ? path.join('.') : (text(path) ?? ''),
      message: text(record['message']) ?? '',
    };
  });
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
