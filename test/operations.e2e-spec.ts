import { readFileSync } from 'node:fs';

import { Queue } from 'bullmq';
import parsePrometheus from 'parse-prometheus-text-format';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { fromTestRun } from '#testkit/environment.js';
import { GrpcCaller } from '#testkit/grpc.js';
import { holdTable } from '#testkit/hold-table.js';
import { insist } from '#testkit/insist.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { until } from '#testkit/until.js';
import { PostServiceClient } from '#contracts/generated/beckon/v1/beckon.js';

/** After this Prometheus gives a scrape up, unless it is told otherwise. */
const SCRAPE_MS = 10_000;

type Labels = Record<string, string>;
let beckon: Beckon;
let redis: TcpProxy;

beforeAll(async () => {
  const shared = new URL(fromTestRun('TEST_REDIS_URL'));
  redis = await TcpProxy.start(await freePort(), { host: shared.hostname, port: Number(shared.port) });
  const redisUrl = new URL(shared);
  redisUrl.hostname = '127.0.0.1';
  redisUrl.port = String(redis.port);
  beckon = await Beckon.start({ redisUrl: redisUrl.href });
  await beckon.people('ana', 'ben');
  const ana = await beckon.as('ana');
  await insist(() => ana.post('/v1/posts', { id: 'p1', body: 'Hello' }));
});
afterAll(async () => {
  await beckon?.stop();
  await redis?.stop();
});

async function scrape(): Promise<string> {
  const answer = await fetch(`${beckon.url}/metrics`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return answer.text();
}

/** The sum of all samples of a name with these labels. */
async function valueOf(name: string, labels: Labels = {}): Promise<number> {
  // Without types each line is a sample of its own name: the parser drops the labels of histograms.
  const families = parsePrometheus((await scrape()).replace(/^# TYPE .*$/gm, ''));
  return families
    .filter((family) => family.name === name)
    .flatMap(({ metrics }) => metrics)
    .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels?.[key] === value))
    .reduce((sum, { value }) => sum + Number(value), 0);
}

const react = async (type: string) => {
  const ben = await beckon.as('ben');
  await insist(() => ben.post('/v1/posts/p1/reactions', { type }));
};

describe('/health', () => {
  it('says that the process lives, to anybody', async () => {
    const answer = await fetch(`${beckon.url}/health/live`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('names what the process needs, and that each is up', async () => {
    await react('like');
    const answer = await fetch(`${beckon.url}/health/ready`);
    const body = (await answer.json()) as { status: string; details: Record<string, { status: string }> };
    expect([answer.status, body.status]).toEqual([200, 'ok']);
    const services = ['user', 'post', 'comment', 'reaction', 'notification', 'analytics'];
    expect(Object.keys(body.details)).toEqual(
      expect.arrayContaining([
        ...services.map((name) => `postgres.${name}`),
        'redis',
        'grpc.user',
        'grpc.post',
      ]),
    );
    expect(new Set(Object.values(body.details).map(({ status }) => status))).toEqual(new Set(['up']));
    expect(JSON.stringify(body)).not.toMatch(/postgres(ql)?:\/\/|password/);
  });
});

describe('/metrics', () => {
  it('is in the text format of Prometheus, each metric explained and named by convention', async () => {
    const families = parsePrometheus(await scrape());
    const ours = families.filter(({ name }) => name.startsWith('beckon_'));
    expect(ours.length).toBeGreaterThan(10);
    for (const { name, help, type } of ours) {
      expect([name, help]).toEqual([name, expect.stringMatching(/\w/)]);
      expect(['COUNTER', 'GAUGE', 'HISTOGRAM']).toContain(type);
      expect(name).toMatch(/^beckon_[a-z_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'COUNTER']);
    }
    expect(families.map(({ name }) => name)).toContain('process_resident_memory_bytes');
    const samples = ours.reduce((sum, { metrics }) => sum + metrics.length, 0);
    expect(samples).toBeLessThan(1_000);
  });

  it('has what alerts watch for growth from the start, for what appears later has not grown', async () => {
    const alerts = readFileSync('deploy/prometheus/alerts.yml', 'utf8');
    const watched = [...alerts.matchAll(/increase\((\w+)(?:\{(\w+)=~?"([^"]*)"\})?\[/g)];
    expect(watched.length).toBeGreaterThan(2);
    const text = await scrape();
    for (const [, name = '', label, values = ''] of watched) {
      for (const value of values.split('|')) {
        const labels = label === undefined ? '' : `[^}]*${label}="${value}"`;
        expect(text).toMatch(new RegExp(`^${name}\\{${labels}`, 'm'));
      }
    }
  });

  it('times requests by route and status, never by what their paths name', async () => {
    const labels = { method: 'GET', route: '/v1/posts/:postId' };
    const name = 'beckon_http_request_duration_seconds_count';
    const before = [
      await valueOf(name, { ...labels, status: '200' }),
      await valueOf(name, { ...labels, status: '404' }),
    ];
    const ana = await beckon.as('ana');
    for (const id of ['p1', 'p1', 'none-1', 'none-2', 'none-3']) await ana.get(`/v1/posts/${id}`);
    for (let n = 0; n < 5; n++) await fetch(`${beckon.url}/random/${n}`);
    expect(await valueOf(name, { ...labels, status: '200' })).toBe((before[0] ?? 0) + 2);
    expect(await valueOf(name, { ...labels, status: '404' })).toBe((before[1] ?? 0) + 3);
    expect(await scrape()).not.toMatch(/none-1|\/random|"ana"/);
  });

  it('counts events by consumer and outcome', async () => {
    await beckon.drain();
    const counted = () =>
      Promise.all(
        ['notification', 'analytics', 'user'].map((consumer) =>
          valueOf('beckon_events_total', { consumer, outcome: 'done' }),
        ),
      );
    const before = await counted();
    await react('love');
    await react('wow');
    await beckon.drain();
    // A counter moves a moment after the commit that drain sees.
    await until(async () => (await counted()).every((value, n) => value === (before[n] ?? 0) + 2));
  });

  it('counts the jobs of a queue that wait and how old the next is', async () => {
    await beckon.drain();
    const queue = 'analytics.count';
    const waiting = () => valueOf('beckon_queue_jobs', { queue, state: 'waiting' });
    const active = () => valueOf('beckon_queue_jobs', { queue, state: 'active' });
    const age = () => valueOf('beckon_queue_oldest_job_age_seconds', { queue });
    expect([await waiting(), await age()]).toEqual([0, 0]);
    const release = await holdTable(beckon.database, 'analytics.ledger');
    try {
      for (let n = 0; n < 12; n++) {
        await react(n % 2 === 0 ? 'sad' : 'angry');
        await until(async () => (await waiting()) + (await active()) > Math.min(n, 2));
      }
      await until(async () => (await active()) > 0 && (await waiting()) > 0 && (await age()) > 0);
    } finally {
      await release();
    }
    await until(async () => (await waiting()) === 0 && (await age()) === 0);
  });

  it('counts deliveries that are not settled, their age, and calls Redis degraded while it is away', async () => {
    await beckon.drain();
    const labels = { producer: 'reaction', consumer: 'notification' };
    const unsettled = () => valueOf('beckon_deliveries_unsettled', labels);
    const age = () => valueOf('beckon_deliveries_oldest_age_seconds', labels);
    await until(async () => (await unsettled()) === 0);
    expect(await age()).toBe(0);
    await redis.cut();
    try {
      await react('haha');
      await react('like');
      await until(async () => (await unsettled()) === 2 && (await age()) > 0);
      const ready = await fetch(`${beckon.url}/health/ready`);
      const { details } = (await ready.json()) as { details: Record<string, { status: string }> };
      expect([ready.status, details['redis']?.status]).toEqual([200, 'degraded']);
      expect(details['postgres.reaction']?.status).toBe('up');
    } finally {
      await redis.restore();
    }
    await beckon.drain();
    await until(async () => (await unsettled()) === 0 && (await age()) === 0, 30_000);
    await until(async () => {
      const { details } = (await (await fetch(`${beckon.url}/health/ready`)).json()) as {
        details: Record<string, { status: string }>;
      };
      return details['redis']?.status === 'up';
    });
  });

  it('answers within a scrape of Prometheus while PostgreSQL does not', async () => {
    const release = await holdTable(beckon.database, 'reaction.delivery');
    try {
      const answer = await fetch(`${beckon.url}/metrics`, { signal: AbortSignal.timeout(SCRAPE_MS) });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('beckon_deliveries_unsettled{producer="reaction"');
    } finally {
      await release();
    }
  });

  it('counts dead letters: what is no event ends there, and its neighbours do not', async () => {
    const labels = { consumer: 'notification' };
    expect(await valueOf('beckon_dead_letters', labels)).toBe(0);
    const prefix = `{${beckon.env['REDIS_PREFIX']}:notification.fanout}`;
    const queue = new Queue('notification.fanout', {
      connection: { url: fromTestRun('TEST_REDIS_URL') },
      prefix,
    });
    const jobs = [{ events: [{ id: 7 }] }, { events: ['nonsense', null] }, { events: 'none' }, 'text', {}];
    for (const job of jobs) await queue.add('events', job);
    await queue.close();
    await react('love');
    await beckon.drain();
    await until(async () => (await valueOf('beckon_dead_letters', labels)) >= 5);
    const dead = await valueOf('beckon_events_total', { ...labels, outcome: 'dead' });
    expect(dead).toBe(await valueOf('beckon_dead_letters', labels));
    const rows = await beckon.database.query('SELECT 1 FROM notification.dead_letter');
    expect(rows).toHaveLength(dead);
    expect(await valueOf('beckon_dead_letters', { consumer: 'analytics' })).toBe(0);
    await react('wow');
    await beckon.drain();
    const { groups } = (await (await beckon.as('ana')).get('/v1/notifications?type=reaction')).body;
    expect(groups).toMatchObject([{ reactions: { wow: 1 } }]);
  });

  it('counts open streams', async () => {
    expect(await valueOf('beckon_streams_open')).toBe(0);
    const streams = [await beckon.stream('ana'), await beckon.stream('ana'), await beckon.stream('ben')];
    await until(async () => (await valueOf('beckon_streams_open')) === 3);
    await streams[0]?.close();
    await until(async () => (await valueOf('beckon_streams_open')) === 2);
    for (const stream of streams) await stream.close();
    await until(async () => (await valueOf('beckon_streams_open')) === 0);
  });

  it('counts gRPC calls by outcome, made and served', async () => {
    const served = (outcome: string) =>
      valueOf('beckon_grpc_server_duration_seconds_count', {
        method: '/beckon.v1.PostService/GetPosts',
        outcome,
      });
    const made = () => valueOf('beckon_grpc_client_calls_total', { service: 'post', outcome: 'ok' });
    const before = { ok: await served('ok'), error: await served('error'), made: await made() };
    await react('haha');
    expect(await made()).toBeGreaterThan(before.made);
    expect(await served('ok')).toBeGreaterThan(before.ok);
    const grpc = new GrpcCaller(beckon.grpcAddress, await beckon.tokenOf('network', 'service'));
    const ids = Array.from({ length: 101 }, () => 'x');
    const refused = await grpc.call(PostServiceClient, (client) => client.getPosts, { ids });
    grpc.close();
    expect(refused).toBe('INVALID_ARGUMENT');
    expect(await served('error')).toBe(before.error + 1);
  });
});
