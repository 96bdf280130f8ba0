import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { insist } from '#testkit/insist.js';
import { sendRaw } from '#testkit/raw-http.js';

import type { Assault, Attack } from '../attack.js';
import { operationsOf } from '../openapi.js';
import { answered } from '../send.js';

const PAGES = 'apps/web/src';
/** What writes text into a page as HTML or as a script. */
const UNESCAPED =
  /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(|srcdoc/;

const INJECTIONS = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><svg/onload=alert(1)>', "javascript:alert('1')",
  '\r\nSet-Cookie: a=b', '\n\nHTTP/1.1 200 OK', '{{7*7}}${7*7}<%= 7*7 %>', "'; DROP TABLE post; --", '=cmd|calc',
  '\u202egnp.exe', '\u2066a\u2069', '\ufeffbom', 'a\u0300\u0301\u0302', '\u2028\u2029', '\ufffe\uffff', '%00%0a', '\\u0000',
]; // oxfmt-ignore
/** Letters of other alphabets and forms that look like `ana`. */
const LOOK_ALIKES = [
  'аna',
  'anа',
  'ａｎａ',
  'αna',
  'ana\u200b',
  '\u202eana',
  'ana\u0301',
  'аnа',
  'ana ',
  '𝐚na',
  'ana\u00ad',
];

/** Any text that JavaScript can hold, made of what tends to break things. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...INJECTIONS),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('\0', '\ud800', '\udfff', '\u001b[2J', '\u007f', '\u0085'),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** Text that is legal is stored and given back as it came; text that PostgreSQL can't hold is refused at the door. */
export const hostileText: Attack = {
  name: 'hostile-text',
  title: 'NUL, surrogates, bidi, look-alikes, HTML and header injection, malformed cursors',
  async run(assault) {
    await roundTrips(assault);
    await names(assault);
    await lookAlikes(assault);
    await headers(assault);
    await cursors(assault);
    pagesEscape(assault);
  },
};

async function roundTrips(assault: Assault): Promise<void> {
  const { target, findings, seed } = assault;
  const { writer } = await target.strangers('writer');
  const api = await target.beckon.as(writer);
  const { id } = await insist(() => api.post('/v1/posts', { body: 'Say what you want' }));
  let stored = 0;
  const property = fc.asyncProperty(text, async (body) => {
    const [post, comment] = await Promise.all([
      api.post('/v1/posts', { body }),
      api.post(`/v1/posts/${id}/comments`, { body }),
    ]);
    for (const answer of [post, comment]) {
      findings.answered(answer.status, answer.headers, () => `the text ${JSON.stringify(body)}`);
      if (answer.status === 503) continue;
      const legal = isStorable(body) && body.trim() !== '';
      if (answer.status !== (legal ? 201 : 400)) throw new Error(`${JSON.stringify(body)}: ${answer.status}`);
      if (!legal) continue;
      stored++;
      if (answer.body.body !== body.trim()) throw new Error(`${JSON.stringify(body)} came back changed`);
      if (answer.headers.has('set-cookie')) throw new Error(`${JSON.stringify(body)} became a header`);
    }
    if (post.status !== 201) return;
    const again = await insist(() => api.get(`/v1/posts/${post.body.id}`));
    if (again.body !== body.trim()) throw new Error(`${JSON.stringify(body)} was stored as another`);
  });
  const result = await fc.check(property, { seed, numRuns: assault.scaled(5_000, 60) });
  findings.expect(!result.failed, () => String(result.errorInstance));
  findings.note(`${stored} hostile texts stored and given back as they came`);
}

/** Names are shown in other people's inboxes and titles. */
async function names({ target, findings }: Assault): Promise<void> {
  const { beckon } = target;
  const { author, fan } = await target.strangers('author', 'fan');
  const [reader, reactor] = [await beckon.as(author), await beckon.as(fan)];
  const post = await insist(() => reader.post('/v1/posts', { body: INJECTIONS.join(' ') }));
  await insist(() => reactor.post(`/v1/posts/${post.id}/reactions`, { type: 'like' }));
  await beckon.drain();
  for (const displayName of INJECTIONS) {
    const answer = await reactor.put(`/v1/users/${fan}`, { handle: 'fan_of_html', displayName });
    findings.answered(answer.status, answer.headers, () => `the name ${displayName}`);
    const shown = displayName.trim();
    const expected = shown !== '' && !/\p{Cc}/u.test(shown) ? 200 : 400;
    findings.expect(
      answer.status === expected,
      () => `the name ${JSON.stringify(displayName)}: ${answer.status}`,
    );
    if (answer.status !== 200) continue;
    const { groups, users } = await insist(() => reader.get('/v1/notifications?type=reaction'));
    findings.expect(
      users[fan].displayName === shown && groups[0].title.includes(shown),
      () => `the name ${JSON.stringify(displayName)} is shown as ${JSON.stringify(users[fan])}`,
    );
  }
}

/** Handles are ASCII, so that nobody can be taken for another. */
async function lookAlikes({ target, findings }: Assault): Promise<void> {
  const { twin } = await target.strangers('twin');
  const api = await target.beckon.as(twin);
  for (const handle of [...LOOK_ALIKES, 'VERA', 'Vera']) {
    const answer = await api.put(`/v1/users/${twin}`, { handle, displayName: 'Vera' });
    findings.answered(answer.status, answer.headers, () => `the handle ${handle}`);
    const expected = /^[\x21-\x7e]+$/.test(handle) ? 409 : 400;
    findings.expect(
      answer.status === expected,
      () => `the handle ${JSON.stringify(handle)}: ${answer.status}`,
    );
  }
}

/** Headers that are read, with bytes that no client library sends. */
async function headers({ target, findings, random, scaled }: Assault): Promise<void> {
  const token = await target.beckon.tokenOf('mallory');
  const names = [
    'Beckon-Actor',
    'Idempotency-Key',
    'Last-Event-ID',
    'Accept-Language',
    'X-Request-Id',
    'Traceparent',
    'Origin',
    'Authorization',
    'Content-Type',
    'Cookie',
    'Host',
  ];
  for (const name of names) {
    for (let round = scaled(500, 10); round > 0; round--) {
      const value = Buffer.from(
        Array.from({ length: 1 + Math.floor(random.next() * 40) }, () => Math.floor(random.next() * 256)),
      );
      const head = `POST /v1/posts HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n${name === 'Authorization' ? '' : `Authorization: Bearer ${token}\r\n`}${name}: `;
      const bytes = Buffer.concat([Buffer.from(head), value, Buffer.from('\r\n\r\n{}')]);
      const { status, headers: got } = await sendRaw(target.beckon.url, { text: bytes });
      findings.answered(status, got, () => `${name}: ${value.toString('hex')}`);
      findings.expect(status >= 400, () => `${name}: ${value.toString('hex')} was answered ${status}`);
      findings.expect(!got.has('set-cookie'), () => `${name}: ${value.toString('hex')} became a header`);
    }
  }
}

/** Places in lists that nobody gave out: true cursors with a changed letter, and JSON of all kinds. */
async function cursors(assault: Assault): Promise<void> {
  const { target, findings, seed } = assault;
  const token = await target.beckon.tokenOf('cy');
  const lists = operationsOf(target.document).filter(
    ({ path, parameters }) =>
      parameters.some(({ name }) => name === 'cursor') && !path.startsWith('/v1/admin'),
  );
  const made = fc.oneof(
    fc.json({ maxDepth: 2 }),
    fc.record({ at: fc.oneof(fc.date().map(String), fc.string(), fc.constantFrom('9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z', '+275760-09-13T00:00:00.000Z', '2026-01-01T00:00:00+99:99')), id: fc.string({ unit: 'binary' }) }).map((key) => JSON.stringify(key)),
    fc.double().map((seq) => JSON.stringify({ seq, id: 'x' })),
    fc.string(),
  ).map((plain) => Buffer.from(plain).toString('base64url')); // oxfmt-ignore
  const anything = fc.oneof(made, fc.stringMatching(/^[A-Za-z0-9_=-]{1,60}$/));
  const property = fc.asyncProperty(fc.constantFrom(...lists), anything, async ({ path }, cursor) => {
    const author = path === '/v1/posts' ? '&author=cy' : '';
    const target_ = `${path
      .replace('{postId}', 'vera-post')
      .replace('{commentId}', target.victim.comment)
      .replace('{groupId}', target.victim.groups[0] ?? '')}?cursor=${encodeURIComponent(cursor)}${author}`;
    const answer = await answered(
      await fetch(`${target.beckon.url}${target_}`, { headers: { authorization: `Bearer ${token}` } }),
    );
    findings.answered(answer.status, answer.headers, () => `GET ${target_}`);
    if (![200, 400, 404, 503].includes(answer.status)) throw new Error(`GET ${target_}: ${answer.status}`);
    const secret = target.victim.secretIn(answer.status === 200 ? answer.text : '');
    if (secret !== undefined) throw new Error(`GET ${target_} tells ${secret}`);
  });
  const result = await fc.check(property, { seed, numRuns: assault.scaled(10_000, 150) });
  findings.expect(!result.failed, () => String(result.errorInstance));
  findings.note(`${lists.length} lists asked with cursors that nobody gave out`);
}

/** The page gets names and texts as they are; it must never put them in as HTML. */
function pagesEscape({ findings }: Assault): void {
  const files = readdirSync(PAGES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  findings.expect(files.length > 0, () => `there is no page in ${PAGES}`);
  for (const file of files) {
    const found = UNESCAPED.exec(readFileSync(join(PAGES, file), 'utf8'));
    findings.expect(found === null, () => `${file} writes HTML: ${found?.[0]}`);
  }
}

function isStorable(value: string): boolean {
  return !value.includes('\0') && !/\p{Surrogate}/u.test(value);
}
