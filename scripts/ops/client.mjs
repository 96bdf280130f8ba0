import { beckonUrl } from '../beckon-url.mjs';
import { UsageError } from './arguments.mjs';

const limitMs = 15_000;

/** What the person at the terminal is told; one line. */
export class Refused extends Error {}

/** Beckon's public API as an operator. */
export class OpsClient {
  /** @throws UsageError */
  constructor(env) {
    this.url = beckonUrl(env.BECKON_URL || `http://127.0.0.1:${env.PORT || 3000}`);
    if (this.url === undefined)
      throw new UsageError(`BECKON_URL says where Beckon is, not ${env.BECKON_URL}.`);
    this.token = env.BECKON_ADMIN_TOKEN || undefined;
  }

  get(path, query = {}) {
    const search = new URLSearchParams(query).toString();
    return this.#ask('GET', search ? `${path}?${search}` : path);
  }

  post(path, body) {
    return this.#ask('POST', path, body);
  }

  delete(path, body) {
    return this.#ask('DELETE', path, body);
  }

  async #ask(method, path, body) {
    this.token ??= await this.#developmentToken();
    const { response, answer } = await this.#send(method, `/v1/admin/${path}`, body, {
      authorization: `Bearer ${this.token}`,
    });
    if (response.ok) return answer;
    throw new Refused(describe(response.status, answer));
  }

  async #developmentToken() {
    const request = { userId: 'operator', scope: 'admin' };
    const { response, answer } = await this.#send('POST', '/v1/dev/tokens', request);
    if (response.ok) return answer.token;
    if (response.status !== 404) throw new Refused(describe(response.status, answer));
    throw new Refused(
      'Set BECKON_ADMIN_TOKEN to a token of scope admin: only a Beckon in development gives them out.',
    );
  }

  async #send(method, path, body, headers = {}) {
    const init = { method, headers: { ...headers }, signal: AbortSignal.timeout(limitMs) };
    if (body !== undefined) {
      init.headers['content-type'] = 'application/json';
      init.body = JSON.stringify(body);
    }
    const { response, text } = await this.#fetch(path, init);
    try {
      return { response, answer: text === '' ? undefined : JSON.parse(text) };
    } catch (error) {
      const what = `answers ${response.status}, but not as Beckon does`;
      throw new Refused(
        `Something at ${this.url} ${what}: a proxy before it? BECKON_URL says where Beckon is.`,
        { cause: error },
      );
    }
  }

  async #fetch(path, init) {
    try {
      const response = await fetch(this.url + path, init);
      return { response, text: await response.text() };
    } catch (error) {
      const why = error.cause?.code ?? error.cause?.message ?? error.message;
      throw new Refused(`No Beckon answers at ${this.url} (${why}). BECKON_URL says where it is.`, {
        cause: error,
      });
    }
  }
}

/** A problem document in a line. */
function describe(status, answer) {
  const wrong = answer?.errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
  const detail = wrong || answer?.detail || 'no reason given';
  return `Refused with ${status} ${answer?.code ?? ''}: ${detail}`.replace(' :', ':');
}
