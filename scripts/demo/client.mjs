/** Calls the public API as any of the demo's people, with tokens that the development server gives out. */
export function demoClient(baseUrl) {
  const tokens = new Map();

  async function token(userId) {
    if (!tokens.has(userId)) {
      const answer = await request('POST', '/v1/dev/tokens', { body: { userId } });
      tokens.set(userId, answer.token);
    }
    return tokens.get(userId);
  }

  async function request(method, path, { as, body, accept = [], headers = {} }) {
    const init = {
      method,
      headers: {
        ...headers,
        ...(body && { 'content-type': 'application/json' }),
        ...(as && { authorization: `Bearer ${await token(as)}` }),
      },
      signal: AbortSignal.timeout(10_000),
    };
    if (body) init.body = JSON.stringify(body);
    const response = await fetch(baseUrl + path, init);
    const text = await response.text();
    if (!response.ok && !accept.includes(response.status)) {
      throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`);
    }
    return text ? JSON.parse(text) : undefined;
  }

  return { token, request };
}
