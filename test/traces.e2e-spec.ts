import { SpanKind } from '@opentelemetry/api';
import { randomBytes } from 'node:crypto';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { BeckonApart } from '#testkit/beckon-apart.js';
import { insist } from '#testkit/insist.js';
import { type ReceivedSpan, TraceReceiver } from '#testkit/trace-receiver.js';
import { until } from '#testkit/until.js';

const CLIENT_SPAN = 'c0ffee00c0ffee00';
const traceparent = (traceId: string, flags = '01') => `00-${traceId}-${CLIENT_SPAN}-${flags}`;
const newTrace = () => randomBytes(16).toString('hex');

/** Spans hand themselves over after this instead of 5 s. */
const SOON = { OTEL_BSP_SCHEDULE_DELAY: '100' };

describe.each([
  ['in one process', Beckon],
  ['across processes', BeckonApart],
])('traces %s', (_, Kind) => {
  const receiver = new TraceReceiver();
  let beckon: Beckon;

  beforeAll(async () => {
    const endpoint = await receiver.listen();
    beckon = await Kind.start({ env: { ...SOON, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
    await beckon.people('ana', 'ben', 'cat');
    const ana = await beckon.as('ana');
    await insist(() => ana.post('/v1/posts', { id: 'p1', body: 'Hello' }));
  });
  afterAll(async () => {
    await beckon?.stop();
    await receiver?.close();
  });

  it('lead from the request of one person to the stream of another', async () => {
    const stream = await beckon.stream('ana');
    const traceId = newTrace();
    const ben = await beckon.as('ben');

    await insist(() =>
      ben.post('/v1/posts/p1/reactions', { type: 'love' }, { traceparent: traceparent(traceId) }),
    );
    await stream.waitFor(({ event }) => event === 'group');

    const way = [
      'POST /v1/posts/:postId/reactions',
      'call post',
      'beckon.v1.PostService/GetPosts',
      'relay reaction.added.v1',
      'addBulk notification.fanout',
      'process notification.fanout',
      'consume reaction.added.v1',
      'publish hints',
      'bring stream up to date',
    ];
    const spans = () => receiver.trace(traceId);
    await until(() => way.every((name) => spans().some((span) => span.name === name)));
    await until(() => rootsOf(spans()).every(({ parentSpanId }) => parentSpanId === CLIENT_SPAN));
    expect(pathTo(spans(), 'bring stream up to date')).toEqual([
      'POST /v1/posts/:postId/reactions',
      'process notification.fanout',
      'consume reaction.added.v1',
      'publish hints',
      'bring stream up to date',
    ]);
    const services = [
      'POST /v1/posts/:postId/reactions',
      'beckon.v1.PostService/GetPosts',
      'publish hints',
    ].map((name) => spans().find((span) => span.name === name)?.service);
    expect(services).toEqual(
      beckon instanceof BeckonApart
        ? ['beckon-reaction', 'beckon-post', 'beckon-notification']
        : Array(3).fill('beckon-all-in-one'),
    );
    await stream.close();
  });

  it('follow a large audience chunk by chunk', async () => {
    const followers = Array.from({ length: 60 }, (_unused, index) => `fan-${index}`);
    await beckon.people(...followers);
    const service = await beckon.asService();
    const follows = followers.map((follower) => ({ follower, followee: 'cat' }));
    await insist(() => service.post('/v1/batch/follows', { follows }));
    const traceId = newTrace();
    const cat = await beckon.as('cat');

    await insist(() => cat.post('/v1/posts', { body: 'Hello all' }, { traceparent: traceparent(traceId) }));

    const spans = () => receiver.trace(traceId);
    await until(() => pathTo(spans(), 'publish hints', 'fan-out followers').length > 0);
    const fanOut = spans().find((span) => span.name === 'fan-out followers');
    const below = spans().filter(({ parentSpanId }) => parentSpanId === fanOut?.spanId);
    expect(below.map((span) => span.name).sort()).toEqual(['call user.graph', 'publish hints']);
    expect(pathTo(spans(), 'fan-out followers')).toEqual(['POST /v1/posts', 'fan-out followers']);
  });

  it('begin with requests: what a process does by itself is in none of its own', async () => {
    const served = new Set(
      receiver.spans.filter(({ kind }) => kind === SpanKind.SERVER + 1).map(({ traceId }) => traceId),
    );
    const polled = receiver.spans.filter(({ traceId }) => !served.has(traceId));
    expect(served.size).toBeGreaterThan(2);
    expect(polled.map((span) => span.name)).toEqual([]);
  });

  it('are not made of a request whose caller says that it is not sampled', async () => {
    const [unwanted, wanted] = [newTrace(), newTrace()];
    const ben = await beckon.as('ben');

    await ben.get('/v1/users/ana', { traceparent: traceparent(unwanted, '00') });
    await ben.get('/v1/users/ana', { traceparent: traceparent(wanted) });

    await until(() => receiver.trace(wanted).length > 0);
    expect(receiver.trace(unwanted)).toEqual([]);
  });
});

describe('without a collector', () => {
  it('nothing is traced unless asked for, and the trace of the caller goes on into the event', async () => {
    const beckon = await Beckon.start();
    const traceId = newTrace();
    await beckon.people('ana');
    const ana = await beckon.as('ana');

    await insist(() => ana.post('/v1/posts', { body: 'Hello' }, { traceparent: traceparent(traceId) }));

    const [event] = await beckon.database.query<{ traceparent: string }>(
      `SELECT payload->>'traceparent' AS traceparent FROM post.outbox`,
    );
    expect(event?.traceparent).toBe(traceparent(traceId));
    await beckon.stop();
  });

  it('one that is away costs nothing but the traces', async () => {
    const away = `http://127.0.0.1:${await freePort()}`;
    const beckon = await Beckon.start({ env: { ...SOON, OTEL_EXPORTER_OTLP_ENDPOINT: away } });
    await beckon.people('ana', 'ben');
    const [ana, ben] = [await beckon.as('ana'), await beckon.as('ben')];
    await insist(() => ana.post('/v1/posts', { id: 'p1', body: 'Hello' }));
    await insist(() => ben.post('/v1/posts/p1/reactions', { type: 'love' }));

    await beckon.drain();

    expect((await ana.get('/v1/notifications')).body.groups).toHaveLength(1);
    expect(await beckon.end()).toBe(0);
    await beckon.stop();
  });
});

/** Spans whose parent is not of this trace's spans. */
function rootsOf(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return spans.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? ''));
}

/** The names of the spans from the root to the one that is named, and has the named one as its parent if one is. */
function pathTo(spans: readonly ReceivedSpan[], name: string, parent?: string): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const parentOf = (span: ReceivedSpan) => byId.get(span.parentSpanId ?? '');
  const path: string[] = [];
  let span = spans.find(
    (one) => one.name === name && (parent === undefined || parentOf(one)?.name === parent),
  );
  for (; span !== undefined; span = parentOf(span)) path.unshift(span.name);
  return path;
}
