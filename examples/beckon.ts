/** Where Beckon is. */
export const url = process.env.BECKON_URL ?? 'http://localhost:3000';

/** 503 and 429 say when to come again; so long is it worth the while. */
const PATIENCE_MS = 30_000;
const ANSWER_MS = 10_000;
/** What is something new each time it is sent without a key; any other call says how things shall be. */
const CREATES = /\/(posts|comments)$/;

/** A token for anybody, from the door that is open in development only. Elsewhere your sign-in makes it. */
export async function developmentToken(userId: string, scope?: string): Promise<string> {
  const { token } = await call<{ token: string }>('POST', '/v1/dev/tokens', {
    body: scope === undefined ? { userId } : { userId, scope },
  });
  return token;
}

export interface Call {
  token?: string;
  /** With a service token: the user whom it acts for. */
  actor?: string;
  body?: unknown;
  /** For a POST that creates: the same key and body are answered the same for 24 hours, and done once. */
  key?: string;
}

/**
 * Makes a call, again for as long as it is answered 503 or 429 and would not be done twice.
 * @returns the body; undefined for 204
 * @throws Problem when it is refused, TypeError or TimeoutError when no answer comes
 */
export async function call<Answer>(method: string, path: string, options: Call = {}): Promise<Answer> {
  for (const until = Date.now() + PATIENCE_MS; ;) {
    const response = await send(method, path, options);
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Answer;
    const problem = await Problem.of(response);
    const waitMs = 1000 * Number(response.headers.get('retry-after') ?? 0);
    // Any other 503 may come from the middle of a write.
    const undone = problem.status === 429 || problem.code === 'BACKLOG_FULL';
    const twice = method === 'POST' && CREATES.test(path) && options.key === undefined;
    if (waitMs === 0 || Date.now() + waitMs > until || (twice && !undone)) throw problem;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

function send(method: string, path: string, { token, actor, body, key }: Call): Promise<Response> {
  const headers = new Headers();
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
  if (actor !== undefined) headers.set('Beckon-Actor', actor);
  if (key !== undefined) headers.set('Idempotency-Key', key);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  return fetch(url + path, {
    method,
    headers,
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** What Beckon refused (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  /** A constant, such as `REACTION_POST_NOT_FOUND`: decide by it, and never by the text. */
  readonly code: string;
  /** Finds the request in Beckon's logs. */
  readonly requestId: string;
  /** Of invalid input: what is wrong where, as `body.handle`. */
  readonly errors: { path: string; message: string }[];

  constructor(problem: Pick<Problem, 'status' | 'code' | 'requestId' | 'errors'> & { detail: string }) {
    super(problem.detail);
    this.name = 'Problem';
    this.status = problem.status;
    this.code = problem.code;
    this.requestId = problem.requestId;
    this.errors = problem.errors;
  }

  /** A proxy in between may answer something else than a problem. */
  static async of(response: Response): Promise<Problem> {
    const { status } = response;
    const body = (await response.json().catch(() => ({}))) as Partial<Problem> & { detail?: string };
    const { code = `HTTP_${status}`, requestId = '', errors = [], detail = response.statusText } = body;
    return new Problem({ status, code, requestId, errors, detail });
  }
}

/** One entry of an inbox. All fields: `/docs`. */
export interface Group {
  id: string;
  seq: number;
  activitySeq: number;
  type: string;
  subject: { kind: string; id: string; excerpt: string | null };
  actorCount: number;
  actorIds: string[];
  reactions: Record<string, number>;
  title: string;
  readAt: string | null;
}

export interface Counts {
  unread: number;
  unseen: number;
  seq: number;
}

export interface Inbox {
  groups: Group[];
  counts: Counts;
  page: { next: string | null };
}
