import type { Target } from './target.js';
import type { Caller, Draft } from './valid-requests.js';

/** An answer as far as attacks look at it. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly contentType: string | null;
  readonly text: string;
  /** The JSON of it, or the text; undefined when there is none. */
  readonly body: unknown;
}

export interface Sent extends Answered {
  readonly method: string;
  readonly url: string;
  /** The request in a line, for findings. */
  readonly line: string;
}

const SERVICES: readonly Caller[] = ['service', 'service:ben'];

/** Sends a draft as its caller would. An event stream is let go as soon as its headers are there. */
export async function sendDraft(target: Target, draft: Draft): Promise<Sent> {
  const { method, path: template } = draft.operation;
  const trusted = SERVICES.includes(draft.caller);
  // A service may act for everybody: what it does to the victim is no attack.
  const spare = (text: string) => (trusted && text === target.victim.id ? 'cy' : text);
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => spare(draft.path[name] ?? ''));
  const query = draft.query.map(([name, value]) => `${name}=${value}`).join('&');
  const url = `${target.beckon.url}${path}${query === '' ? '' : `?${query}`}`;
  const text = method === 'GET' ? undefined : (draft.text ?? json(draft.body));
  const headers: Record<string, string> = {
    ...(await headersOf(target, draft.caller)),
    ...(text === undefined ? {} : { 'content-type': 'application/json' }),
    ...Object.fromEntries(Object.entries(draft.headers).map(([name, value]) => [name.toLowerCase(), value])),
  };
  if (headers['beckon-actor'] !== undefined) headers['beckon-actor'] = spare(headers['beckon-actor']);
  const line = `${method} ${path}${query && `?${query}`} as ${draft.caller} ${JSON.stringify(draft.headers)} ${text?.slice(0, 300) ?? ''}`;
  const answer = await answered(
    await fetch(url, { method, headers, ...(text === undefined ? {} : { body: text }) }),
  );
  return { ...answer, method, url, line };
}

/** Reads an answer to its end, unless it is a stream. */
export async function answered(response: Response): Promise<Answered> {
  const { status, headers } = response;
  const contentType = headers.get('content-type');
  const streams = contentType?.startsWith('text/event-stream') ?? false;
  if (streams) await response.body?.cancel();
  const text = streams ? '' : await response.text();
  const isJson = /json/.test(contentType ?? '') && text !== '';
  return {
    status,
    headers,
    contentType,
    text,
    body: isJson ? (JSON.parse(text) as unknown) : text || undefined,
  };
}

function json(body: unknown): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}

async function headersOf({ beckon }: Target, caller: Caller): Promise<Record<string, string>> {
  if (caller === 'nobody') return {};
  if (caller === 'admin') return { authorization: `Bearer ${await beckon.tokenOf('operator', 'admin')}` };
  if (!SERVICES.includes(caller)) return { authorization: `Bearer ${await beckon.tokenOf(caller)}` };
  const actor = caller.split(':')[1];
  return {
    authorization: `Bearer ${await beckon.tokenOf('network', 'service')}`,
    ...(actor === undefined ? {} : { 'beckon-actor': actor }),
  };
}
