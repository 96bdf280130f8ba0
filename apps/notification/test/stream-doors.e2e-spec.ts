import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';
import { TestStream } from '#testkit/stream.js';
import { signToken } from '#testkit/tokens.js';
import { until } from '#testkit/until.js';

const STREAM = '/v1/notifications/stream';

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana', 'ben', 'fan');
  const ana = await beckon.as('ana');
  await insist(() => ana.post('/v1/posts', { id: 'p1', body: 'Hello' }));
});
afterAll(() => beckon?.stop());

const ticketOf = async (who: string): Promise<string> =>
  (await (await beckon.as(who)).post('/v1/notifications/stream-tickets')).body.ticket;
const openWith = (ticket: string, more = '') =>
  TestStream.open(`${beckon.url}${STREAM}?ticket=${ticket}${more}`, {});

describe('a stream ticket', () => {
  it('opens the stream of whom it was given to, once', async () => {
    const issued = await (await beckon.as('ana')).post('/v1/notifications/stream-tickets');
    expect(issued.status).toBe(200);
    expect(issued.body).toEqual({ ticket: expect.stringMatching(/^[\w-]{20,100}$/), expiresIn: 30 });
    const stream = await openWith(issued.body.ticket);
    expect(stream.status).toBe(200);
    const fan = await beckon.as('fan');
    await insist(() => fan.post('/v1/posts/p1/reactions', { type: 'like' }));
    const { data } = await stream.waitFor(({ event }) => event === 'group');
    expect(data.group).toMatchObject({ subject: { id: 'p1' } });
    await stream.close();

    const replayed = await beckon.withHeaders({}).get(`${STREAM}?ticket=${issued.body.ticket}`);
    expectProblem(replayed, 401, 'STREAM_TICKET_INVALID');
  });

  it('used many times at once opens one stream', async () => {
    const ticket = await ticketOf('ana');
    const streams = await Promise.all(Array.from({ length: 5 }, () => openWith(ticket)));
    expect(streams.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401, 401]);
    for (const stream of streams) await stream.close();
  });

  it('resumes after lastEventId', async () => {
    await beckon.drain();
    const stream = await openWith(await ticketOf('ana'), '&lastEventId=0');
    const { data } = await stream.waitFor(({ event }) => event === 'group');
    expect(data.group.actorIds).toEqual(['fan']);
    await stream.close();
  });

  it('begins now when lastEventId is empty, as a client has it that has nothing yet', async () => {
    await beckon.drain();
    const stream = await openWith(await ticketOf('ana'), '&lastEventId=');
    expect(stream.status).toBe(200);
    const fan = await beckon.as('fan');
    await insist(() => fan.post('/v1/posts', { id: 'p2', body: 'Hi @ana' }));
    const first = await stream.waitFor(({ event }) => event === 'group');
    expect(first.data.group).toMatchObject({ type: 'mention', subject: { id: 'p2' } });
    await stream.close();
  });

  it('that has expired opens nothing', async () => {
    const ticket = await ticketOf('ana');
    await beckon.database.query(`UPDATE notification.stream_ticket SET expires_at = now() - interval '1 ms'`);
    expectProblem(
      await beckon.withHeaders({}).get(`${STREAM}?ticket=${ticket}`),
      401,
      'STREAM_TICKET_INVALID',
    );
  });

  it('that nobody gave out opens nothing, even beside a good token', async () => {
    for (const api of [beckon.withHeaders({}), await beckon.as('ana')]) {
      for (const ticket of ['a'.repeat(32), '0', encodeURIComponent("' OR 1=1 --")]) {
        expectProblem(await api.get(`${STREAM}?ticket=${ticket}`), 401, 'STREAM_TICKET_INVALID');
      }
    }
  });

  it('is kept as a hash only', async () => {
    const ticket = await ticketOf('ana');
    const rows = await beckon.database.query(`SELECT * FROM notification.stream_ticket`);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(ticket);
  });

  it('is given to who can say who they are', async () => {
    const nobody = beckon.withHeaders({});
    expectProblem(await nobody.post('/v1/notifications/stream-tickets'), 401, 'UNAUTHENTICATED');
    const forAna = await (await beckon.asService('ana')).post('/v1/notifications/stream-tickets');
    const stream = await openWith(forAna.body.ticket, '&lastEventId=0');
    await stream.waitFor(({ event }) => event === 'group');
    await stream.close();
  });
});

describe('the stream', () => {
  it('needs a good token in the header, and takes none from the URL', async () => {
    const nobody = beckon.withHeaders({});
    const token = await beckon.tokenOf('ana');
    expectProblem(await nobody.get(STREAM), 401, 'UNAUTHENTICATED');
    for (const name of ['token', 'access_token', 'authorization', 'jwt']) {
      const answer = await nobody.get(`${STREAM}?${name}=${token}`);
      expect([400, 401]).toContain(answer.status);
    }
    expectProblem(await nobody.get(`${STREAM}?ticket=${token.slice(0, 100)}`), 401, 'STREAM_TICKET_INVALID');
    const bad = beckon.withHeaders({ authorization: `Bearer ${token}x` });
    expectProblem(await bad.get(STREAM), 401, 'UNAUTHENTICATED');
    const old = await signToken('ana', { expiresInSeconds: -60 });
    const expired = beckon.withHeaders({ authorization: `Bearer ${old}` });
    expectProblem(await expired.get(STREAM), 401, 'UNAUTHENTICATED');
    expectProblem(await (await beckon.asService()).get(STREAM), 400, 'ACTOR_REQUIRED');
  });

  it.each([
    ['lastEventId=-1', {}, 'query.lastEventId'],
    ['lastEventId=1.5', {}, 'query.lastEventId'],
    ['lastEventId=abc', {}, 'query.lastEventId'],
    ['lastEventId=%20', {}, 'query.lastEventId'],
    ['lastEventId=1e3', {}, 'query.lastEventId'],
    ['lastEventId=1e400', {}, 'query.lastEventId'],
    ['lastEventId=1&lastEventId=2', {}, 'query.lastEventId'],
    ['ticket=', {}, 'query.ticket'],
    [`ticket=${'a'.repeat(101)}`, {}, 'query.ticket'],
    ['since=1', {}, 'query'],
    ['', { 'last-event-id': '-1' }, 'headers.last-event-id'],
    ['', { 'last-event-id': 'abc' }, 'headers.last-event-id'],
    ['', { 'last-event-id': '9'.repeat(16) }, 'headers.last-event-id'],
  ])('does not open for ?%s %j', async (query, headers, path) => {
    const answer = await (
      await beckon.as('ana')
    ).get(`${STREAM}?${query}`, headers as Record<string, string>);
    expectProblem(answer, 400, 'INVALID_INPUT', path);
  });

  it('is a stream that no cache keeps', async () => {
    const headers = { authorization: `Bearer ${await beckon.tokenOf('ana')}` };
    const abort = new AbortController();
    const answer = await fetch(`${beckon.url}${STREAM}`, { headers, signal: abort.signal });
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-request-id')).toMatch(/./);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    abort.abort();
  });

  it('is open ten times for one person, the eleventh is refused until one closes', async () => {
    const streams = await Promise.all(Array.from({ length: 10 }, () => beckon.stream('ben')));
    expect(streams.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
    const ben = await beckon.as('ben');
    const refused = await ben.get(STREAM);
    expectProblem(refused, 429, 'STREAM_LIMIT');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const ticket = await ticketOf('ben');
    expectProblem(await beckon.withHeaders({}).get(`${STREAM}?ticket=${ticket}`), 429, 'STREAM_LIMIT');
    const other = await beckon.stream('fan');
    expect(other.status).toBe(200);
    await other.close();

    await streams[0]?.close();
    // The server hears of the close a moment later.
    await until(async () => {
      streams.push(await beckon.stream('ben'));
      return streams.at(-1)?.status === 200;
    });
    for (const stream of streams) await stream.close();
  });

  it('ends when its token does, and not before', async () => {
    // Tokens tell time in whole seconds.
    const expiresAt = Math.floor(Date.now() / 1_000) * 1_000 + 3_000;
    const token = await signToken('fan', { expiresInSeconds: 3 });
    const stream = await TestStream.open(`${beckon.url}${STREAM}`, { authorization: `Bearer ${token}` });
    expect(stream.status).toBe(200);
    await stream.waitForEnd(30_000);
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  });
});
