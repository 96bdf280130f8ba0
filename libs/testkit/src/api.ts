import { Agent, type IncomingMessage, request as begin } from 'node:http';
import { text as textOf } from 'node:stream/consumers';

import type { OpenApiCheck } from '#testkit/openapi-check.js';

/** Below the 10 s after which Beckon closes a connection that idles. */
const IDLE_MS = 5_000;
/** By node:http, because `fetch` takes several times as much of the processor that the servers under test need. */
const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });

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
    const response = await send(method, url, typeof body === 'string' ? body : JSON.stringify(body), {
      ...this.headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    });
    const text = await textOf(response);
    const answered = new Headers(response.headers as Record<string, string>);
    const contentType = answered.get('content-type');
    const status = response.statusCode ?? 0;
    const parsed: unknown =
      text === '' ? undefined : /json/.test(contentType ?? '') ? JSON.parse(text) : text;
    this.check?.check(method, url, status, contentType, parsed);
    return { status, body: parsed as T, headers: answered };
  }
}

function send(
  method: string,
  url: string,
  body: string | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // By itself node:http tells no length of the body of a DELETE.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    begin(url, { agent, method, headers: { ...headers, ...length } }, resolve)
      .on('error', reject)
      .end(body);
  });
}
