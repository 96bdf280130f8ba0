import type { ApiAnswer } from '#testkit/api.js';

interface ProblemBody {
  readonly requestId: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

/**
 * Expects the whole of an RFC 9457 answer as api.md describes it.
 * @param paths where in the input the errors are, in any order; left out: not looked at.
 */
export function expectProblem(
  answer: ApiAnswer<unknown>,
  status: number,
  code: string,
  ...paths: string[]
): void {
  const body = answer.body as ProblemBody;
  expect(body).toEqual({
    type: `urn:beckon:error:${code}`,
    title: expect.stringMatching(/\w/),
    status,
    detail: expect.stringMatching(/\w/),
    code,
    requestId: expect.stringMatching(/^[\w-]{1,64}$/),
    errors: expect.any(Array),
  });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json(;|$)/);
  // A request that Node's parser refuses has no id to echo.
  if (answer.headers.has('x-request-id')) expect(answer.headers.get('x-request-id')).toBe(body.requestId);
  for (const error of body.errors) {
    expect(error).toEqual({ path: expect.any(String), message: expect.stringMatching(/\w/) });
  }
  if (paths.length > 0)
    expect([...new Set(body.errors.map(({ path }) => path))].toSorted()).toEqual(paths.toSorted());
}
