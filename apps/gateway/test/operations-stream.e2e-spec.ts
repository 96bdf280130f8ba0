import { services } from '#config/config.js';
import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { metricOf } from '#testkit/metric.js';
import { expectProblem } from '#testkit/problem.js';
import { signToken } from '#testkit/tokens.js';
import { until } from '#testkit/until.js';

import { Snapshot } from '../src/admin/live/snapshot.schemas.js';
import { hangUp, listen, PATH, snapshotOf } from './snapshots.fixture.js';

describe('the operators’ stream', () => {
  let beckon: Beckon;
  beforeAll(async () => {
    beckon = await Beckon.start();
    await beckon.people('ana', 'ben');
    const ana = await beckon.as('ana');
    await insist(() => ana.post('/v1/posts', { id: 'p1', body: 'Hello' }));
    await beckon.drain();
  });
  afterEach(() => hangUp(beckon));
  afterAll(() => beckon?.stop());

  it('tells of queues, processes and their dependencies at once, without rates', async () => {
    const first = await snapshotOf(await listen(beckon), () => true);
    expect(first.rates).toBeNull();
    expect(first.queues.map(({ name, reachable }) => [name, reachable])).toEqual([
      ['notification.fanout', true],
      ['analytics.count', true],
      ['user.activity', true],
    ]);
    expect(first.away).toEqual([]);
    expect(first.processes.map(({ apps }) => apps.toSorted())).toEqual([services.toSorted()]);
    const dependencies = first.processes[0]?.dependencies ?? [];
    expect(dependencies).toContainEqual({ name: 'redis', state: 'up' });
    expect(dependencies.length).toBeGreaterThan(services.length);
    expect(first.processes[0]?.residentBytes).toBeGreaterThan(50_000_000);
  });

  it('measures what happens while it is listened to', async () => {
    const stream = await listen(beckon);
    await snapshotOf(stream, () => true);
    const ben = await beckon.as('ben');
    await insist(() => ben.post('/v1/posts/p1/reactions', { type: 'like' }));
    const posted = await snapshotOf(stream, ({ rates }) => (rates?.posts.perSecond ?? 0) > 0);
    expect(posted.rates?.posts.latency?.p99).toBeGreaterThan(0);
    const arrived = await snapshotOf(stream, ({ rates }) => (rates?.arrival ?? null) !== null);
    expect(arrived.rates?.arrival?.p50).toBeGreaterThan(0);
    const settled = await snapshotOf(
      stream,
      ({ rates }) => (rates?.settled.find(({ consumer }) => consumer === 'notification')?.perSecond ?? 0) > 0,
    );
    // One event in one interval.
    expect(settled.rates?.settled).toContainEqual({
      consumer: 'notification',
      perSecond: expect.closeTo(1 / (settled.rates?.seconds ?? 0), 5),
    });
  });

  it('is one stream of snapshots for all who listen, and none for nobody', async () => {
    const asked = () =>
      metricOf(
        beckon,
        'beckon_grpc_server_duration_seconds_count',
        'method="/beckon.v1.AdminService/DescribeProcess",outcome="ok"',
      );
    const streams = [await listen(beckon), await listen(beckon), await listen(beckon)];
    const before = await asked();
    const times = await Promise.all(
      streams.map(async (stream) => {
        await until(() => stream.events.length >= 3, 20_000);
        return stream.events.map(({ data }) => Snapshot.parse(data).at).slice(-2);
      }),
    );
    expect(new Set(times.flat()).size).toBeLessThanOrEqual(3);
    const snapshots = Math.max(...streams.map(({ events }) => events.length));
    expect(await asked()).toBeLessThanOrEqual(before + (snapshots + 1) * services.length);

    await hangUp(beckon);
    // One that was being made is finished; what is longer than the pause between two has to pass without another.
    let resting = -1;
    await until(async () => {
      const last = resting;
      resting = await asked();
      if (last !== resting) await new Promise((resolve) => setTimeout(resolve, 2_500));
      return last === resting;
    });
  });

  it('needs the scope admin, and has room for twenty', async () => {
    const ana = await beckon.as('ana');
    expectProblem(await ana.get(PATH), 403, 'FORBIDDEN');
    expectProblem(await beckon.withHeaders({}).get(PATH), 401, 'UNAUTHENTICATED');
    const streams = await Promise.all(Array.from({ length: 20 }, () => listen(beckon)));
    expect(streams.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const authorization = `Bearer ${await beckon.tokenOf('operator', 'admin')}`;
    const refused = await beckon.withHeaders({ authorization }).get(PATH);
    expectProblem(refused, 429, 'OPERATIONS_STREAM_LIMIT');
    await streams[0]?.close();
    await until(async () => (await listen(beckon)).status === 200);
  });

  it('ends when the token does', async () => {
    const stream = await listen(beckon, await signToken('operator', { scope: 'admin', expiresInSeconds: 4 }));
    expect(stream.status).toBe(200);
    await stream.waitForEnd(20_000);
    expect(stream.events.length).toBeGreaterThan(0);
  });
});
