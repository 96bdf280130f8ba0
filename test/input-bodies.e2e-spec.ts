import { gzipSync } from 'node:zlib';

import { acquaint } from '#testkit/acquaint.js';
import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';
import { sendRaw } from '#testkit/raw-http.js';

let beckon: Beckon;
let token: string;

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana', 'ben');
  token = await beckon.tokenOf('ana');
  const ana = await beckon.as('ana');
  await insist(() => ana.post('/v1/posts', { id: 'p0', body: 'The first' }));
  await acquaint(beckon, ['ana', 'ben'], ['p0']);
});
afterAll(async () => {
  // Whatever was sent, the process is the one that was started and it serves.
  const health = await fetch(`${beckon.url}/health/ready`);
  await beckon?.stop();
  expect(health.status).toBe(200);
});

const publish = async (body: unknown, headers?: Record<string, string>) =>
  (await beckon.as('ana')).post('/v1/posts', body, headers);
const publishBytes = async (bytes: Uint8Array, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${beckon.url}/v1/posts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: bytes,
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as unknown };
};
const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

describe('JSON', () => {
  it.each([
    ['33 lists', nested(33, '[', ']')],
    ['33 objects', `${'{"a":'.repeat(32)}{}${'}'.repeat(32)}`],
    ['30,000 lists', nested(30_000, '[', ']')],
    ['30,000 lists that never close', '['.repeat(30_000)],
    ['10,000 objects that never close', '{"a":'.repeat(10_000)],
  ])('is not read through %s', async (_, text) => {
    const inside = await publish(`{"body":${text}}`);
    expectProblem(inside, 400, 'INVALID_INPUT');
    expect(inside.body.detail).toMatch(/deep/);
    expect((await publish(text)).body.detail).toMatch(/deep/);
  });

  it('is read through 32 levels, and then held against the schema', async () => {
    const answer = await publish(`{"body":${nested(31, '[', ']')}}`);
    expectProblem(answer, 400, 'INVALID_INPUT', 'body.body');
  });

  it.each([
    ['{"__proto__":{"admin":true},"body":"x"}'],
    ['{"constructor":{"prototype":{"admin":true}},"body":"x"}'],
    ['{"prototype":1,"body":"x"}'],
    ['{"\\u005f_proto__":{},"body":"x"}'],
    ['{"body":{"__proto__":1}}'],
    ['{"body":"x","body":"y"}'],
    ['{"body":"x","bod\\u0079":"y"}'],
    ['{"id":"a","body":"x","id":"b"}'],
    ['{"body":"x","toString":1}'],
    ['{"body":"x","hasOwnProperty":1}'],
    ['{"body":"x","":1}'],
    ['{"body":"nul \\u0000"}'],
    ['{"body":"x","\\u0000":1}'],
    ['{"body":"half \\ud83d"}'],
    ['{"body":"other half \\ude00 first"}'],
    ['{"body":"wrong way round \\ude00\\ud83d"}'],
    ['{"\\ud800":1,"body":"x"}'],
    ['null'],
    ['[]'],
    ['"x"'],
    ['7'],
    ['true'],
    [''],
  ])('that says %s is invalid input', async (text) => {
    const answer = await publish(text);
    expectProblem(answer, 400, 'INVALID_INPUT');
  });

  it.each([
    ['{'],
    ['{"body":"x"'],
    ['{"body":"x",}'],
    ["{'body':'x'}"],
    ['{body:"x"}'],
    ['{"body":"x"}{"body":"y"}'],
    ['{"body":"x"} x'],
    ['{"body":NaN}'],
    ['{"body":undefined}'],
    ['// hello\n{"body":"x"}'],
    ['/* hello */{"body":"x"}'],
    ['{"body":"line\nbreak"}'],
    ['{"body":"\\x41"}'],
    ['{"body":"\\ud83"}'],
    ['<post/>'],
    ['body=x'],
    [' '],
  ])('that is none (%j) is refused as malformed', async (text) => {
    expectProblem(await publish(text), 400, 'MALFORMED_JSON');
  });

  it.each([
    ['a byte that is never UTF-8', [0xff]],
    ['half a character', [0xe2, 0x82]],
    ['NUL spelled in two bytes', [0xc0, 0x80]],
    ['a surrogate spelled in three bytes', [0xed, 0xa0, 0x80]],
  ])('with %s is refused, and not stored as something else', async (_, bytes) => {
    const body = Buffer.concat([Buffer.from('{"body":"x'), Buffer.from(bytes), Buffer.from('"}')]);
    expectProblem(await publishBytes(body), 400, 'MALFORMED_JSON');
  });

  it('in another encoding is refused', async () => {
    const body = Buffer.from('\ufeff{"body":"x"}', 'utf16le');
    expectProblem(await publishBytes(body), 400, 'MALFORMED_JSON');
  });
});

describe('a body', () => {
  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/xml'],
    ['text/json'],
    ['application/jsonp'],
    ['application/octet-stream'],
    ['nonsense'],
  ])('of the type %s is refused', async (type) => {
    const answer = await publish('{"body":"x"}', { 'content-type': type });
    expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('of JSON may say its charset', async () => {
    const type = 'application/json; charset=utf-8';
    expect((await publish('{"body":"x"}', { 'content-type': type })).status).toBe(201);
  });

  it.each(['gzip', 'deflate', 'br', 'gzip, gzip', 'x-unknown'])(
    'packed as %s is refused',
    async (encoding) => {
      const bomb = gzipSync(Buffer.from(`{"body":"${'x'.repeat(1_000_000)}"}`));
      const answer = await publishBytes(bomb, { 'content-encoding': encoding });
      expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
    },
  );

  it('that is not packed may say so', async () => {
    expect((await publish('{"body":"x"}', { 'content-encoding': 'identity' })).status).toBe(201);
  });

  it('has 64 KB, and 1 MB in bulk', async () => {
    const sized = (bytes: number) => `{"body":"x","pad":"${'x'.repeat(bytes - 21)}"}`;
    expectProblem(await publish(sized(64 * 1024)), 400, 'INVALID_INPUT', 'body');
    expectProblem(await publish(sized(64 * 1024 + 1)), 413, 'BODY_TOO_LARGE');
    const service = await beckon.asService();
    expectProblem(await service.post('/v1/batch/users', sized(1024 * 1024)), 400, 'INVALID_INPUT');
    expectProblem(await service.post('/v1/batch/users', sized(1024 * 1024 + 1)), 413, 'BODY_TOO_LARGE');
  });

  const head = (more: string) =>
    `POST /v1/posts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\n${more}\r\n\r\n`;

  it('that says it has a gigabyte is refused before it comes', async () => {
    const answer = await sendRaw(beckon.url, {
      text: head('Connection: close\r\nContent-Length: 1073741824'),
    });
    expectProblem(answer, 413, 'BODY_TOO_LARGE');
  });

  it('that does not say how much it has is refused where it goes past', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const answer = await sendRaw(beckon.url, {
      text: `${head('Connection: close\r\nTransfer-Encoding: chunked')}${chunk.repeat(5)}0\r\n\r\n`,
    });
    expect(answer.status).toBe(413);
  });

  it.each([
    ['two lengths', 'Content-Length: 12\r\nContent-Length: 13'],
    ['a length and chunks', 'Content-Length: 12\r\nTransfer-Encoding: chunked'],
    ['a length below nothing', 'Content-Length: -1'],
    ['a length in words', 'Content-Length: twelve'],
    ['chunks that are packed', 'Transfer-Encoding: gzip, chunked'],
    ['an encoding that nobody knows', 'Transfer-Encoding: x'],
  ])('that has %s is refused', async (_, lines) => {
    const text = `${head(`Connection: close\r\n${lines}`)}{"body":"smuggled"}`;
    const answer = await sendRaw(beckon.url, { text });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    const { body } = await (await beckon.as('ana')).get('/v1/posts?author=ana&limit=100');
    expect(body.posts.filter((post: { body: string }) => post.body === 'smuggled')).toEqual([]);
  });
});

describe('text of all the world', () => {
  const texts = [
    'family 👨‍👩‍👧‍👦, flag 🏴󠁧󠁢󠁷󠁬󠁳󠁿, keycap 1️⃣, skin 👋🏽',
    'שלום עולם مرحبا بالعالم',
    'isolates \u2066left\u2069 \u202eoverride\u202c \u200fmark',
    'combining e\u0301 is not \u00e9, Z\u0334\u0321\u0322\u0327\u033a',
    'नमस्ते 你好 こんにちは 안녕하세요 ไทย',
    'math 𝕳𝖊𝖑𝖑𝖔, private \ue000, noncharacter \uffff, plane 16 \u{10ffff}',
    'zero\u200bwidth\u200djoiner, line\u2028separator, tab\tand\r\nreturn',
    "<script>alert(1)</script> \"&amp;' \\ / %s ${x} {{y}} ' OR 1=1 --",
  ];

  it.each(texts)('%j is stored and returned as it came', async (text) => {
    const ana = await beckon.as('ana');
    const post = await insist(() => ana.post('/v1/posts', { body: text }));
    expect(post.body).toBe(text);
    expect((await ana.get(`/v1/posts/${post.id}`)).body.body).toBe(text);
    const path = `/v1/posts/${post.id}/comments`;
    const comment = await insist(() => ana.post(path, { body: text }));
    expect(comment.body).toBe(text);
    expect((await insist(() => ana.get(`/v1/comments/${comment.id}`))).body).toBe(text);
    expect((await ana.get(path)).body.comments).toMatchObject([{ body: text }]);
  });

  it('reaches the inbox whole, in names and excerpts', async () => {
    const name = 'مريم 👩🏽‍🚀 e\u0301<b>';
    const ben = await beckon.as('ben');
    await ben.put('/v1/users/ben', { handle: 'ben', displayName: name });
    const ana = await beckon.as('ana');
    const { id } = await insist(() => ana.post('/v1/posts', { body: '👨‍👩‍👧‍👦'.repeat(30) }));
    await insist(() => ben.post(`/v1/posts/${id}/reactions`, { type: 'like' }));
    await beckon.drain();
    const { groups, users } = (await ana.get('/v1/notifications?type=reaction')).body;
    expect(users.ben.displayName).toBe(name);
    expect(groups[0].title).toContain(name);
    expect(groups[0].subject.excerpt).toMatch(/^👨‍👩‍👧‍👦/u);
    expect(groups[0].subject.excerpt).not.toMatch(/\p{Surrogate}|\ufffd/u);
  });
});
