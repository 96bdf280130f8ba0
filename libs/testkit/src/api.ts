import type { OpenApiCheck } from '#testkit/openapi-check.js';

/** Tests reach into answers freely: their shape has been held against the OpenAPI document. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Checked = any;

export interface ApiAnswer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

/** Requests as one caller. Every answer is held against the OpenAPI document. */
export class Api {
  constructor(
    private readonly urlOf: (path: string) => string,
    private readonly check: OpenApiCheck | undefined,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  get = <T = Checked>(path: string, headers?: Record<string, string>) =>
    this.request<T>('GET', path, undefined, headers);
  post = <T = Checked>(path: string, body?: unknown, headers?: Record<string, string>) =>
    this.request<T>('POST', path, body, headers);
  put = <T = Checked>(path: string, body?: unknown, headers?: Record<string, string>) =>
    this.request<T>('PUT', path, body, headers);
  patch = <T = Checked>(path: string, body?: unknown, headers?: Record<string, string>) =>
    this.request<T>('PATCH', path, body, headers);
  delete = <T = Checked>(path: string, headers?: Record<string, string>) =>
    this.request<T>('DELETE', path, undefined, headers);

  /** Sends a request; a string body is sent as it is. @throws when no answer comes or it is not as documented */
  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer<T>> {
    const url = `${this.urlOf(path)}${path}`;
    const response = await fetch(url, {
      method,
      headers: {
        ...this.headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const contentType = response.headers.get('content-type');
    const parsed: unknown =
      text === '' ? undefined : /json/.test(contentType ?? '') ? JSON.parse(text) : text;
    this.check?.check(method, url, response.status, contentType, parsed);
    return { status: response.status, body: parsed as T, headers: response.headers };
  }
}
