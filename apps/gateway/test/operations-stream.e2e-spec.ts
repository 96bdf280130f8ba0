import { services } from '#config/config.js';
import { Beckon } from '#testkit/beckon.js';
import { BeckonServices, processNames } from '#testkit/beckon-services.js';
import { insist } from '#testkit/insist.js';
import { metricOf } from '#testkit/metric.js';
import { expectProblem } from '#testkit/problem.js';
import { TestStream } from '#testkit/stream.js';
import { signToken } from '#testkit/tokens.js';
import { until } from '#testkit/until.js';

import { Snapshot } from '../src/admin/live/snapshot.schemas.js';

const PATH = '/v1/admin/stream';
const opened: TestStream[] = [];

async function listen(beckon: Beckon, token?: string): Promise<TestStream> {
  const bearer = token ?? (await beckon.tokenOf('operator', 'admin'));
  const stream = await TestStream.open(`${beckon.url}${PATH}`, { authorization: `Bearer ${bearer}` });
  opened.push(stream);
  return stream;
}

/** The next snapshot that fits. Each fits its documented schema, or this throws. */
async function snapshotOf(stream: TestStream, fits: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  const { data } = await stream.waitFor(({ data: heard }) => fits(Snapshot.parse(heard)), 20_000);
  return Snapshot.parse(data);
}

const hangUp = async (beckon: Beckon) => {
  await Promise.all(opened.splice(0).map((stream) => stream.close()));
  await until(async () => (await metricOf(beckon, 'beckon_operations_streams_open')) === 0);
};

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

describe('behind the gateway, with the apps in processes of their own', () => {
  let beckon: BeckonServices;
  beforeAll(async () => {
    beckon = await BeckonServices.start();
  }, 240_000);
  afterEach(() => hangUp(beckon));
  afterAll(() => beckon?.stop());

  it('adds up the processes, and names the app that is away', async () => {
    const stream = await listen(beckon);
    const all = await snapshotOf(stream, ({ away }) => away.length === 0);
    expect(all.processes.map(({ name }) => name).toSorted()).toEqual(processNames.toSorted());
    const halves = all.processes.filter(({ apps }) => apps.includes('notification'));
    expect(halves.map(({ name }) => name).toSorted()).toEqual(['notification-api', 'notification-worker']);
    expect(all.processes.find(({ name }) => name === 'gateway')?.apps).toEqual([]);

    await beckon.people('ana', 'ben');
    const posted = await snapshotOf(stream, ({ rates }) => (rates?.posts.perSecond ?? 0) > 0);
    expect(posted.rates?.posts.latency).not.toBeNull();

    await beckon.endOne('analytics', 0, 'SIGKILL');
    const without = await snapshotOf(stream, ({ away }) => away.includes('analytics'));
    expect(without.processes.flatMap(({ apps }) => apps)).not.toContain('analytics');
    expect(without.queues.find(({ name }) => name === 'analytics.count')?.reachable).toBe(false);
    await beckon.run();
    await snapshotOf(stream, ({ away, at }) => away.length === 0 && Date.parse(at) > Date.parse(without.at));

    // The half that people talk to is missed although events are still told.
    await beckon.endOne('notification-api', 0, 'SIGKILL');
    const half = await snapshotOf(stream, ({ away }) => away.includes('notification'));
    const left = half.processes.filter(({ apps }) => apps.includes('notification'));
    expect(left.map(({ name }) => name)).toEqual(['notification-worker']);
  });

  it('has the page that shows it', async () => {
    const page = await fetch(`${beckon.url}/ops`);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^text\/html/),
    ]);
    expect(await page.text()).toContain('<title>Beckon · operations</title>');
  });
});
