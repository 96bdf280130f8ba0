import { BeckonServices, type ProcessName, processNames } from '#testkit/beckon-services.js';
import { deadLetters, toldOfReactions } from '#testkit/inbox-reading.js';
import { metricOf } from '#testkit/metric.js';
import { publish } from '#testkit/publish.js';
import { Random } from '#testkit/random.js';
import { ReactionLoad } from '#testkit/reaction-load.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { ResumingReader } from '#testkit/resuming-reader.js';
import { TestStream } from '#testkit/stream.js';
import { until } from '#testkit/until.js';

const COPIES = 2;
const ACTORS = Array.from({ length: 40 }, (_, index) => `p${index}`);
const AUTHORS = ['ana', 'ben'];
const POSTS = Array.from({ length: 6 }, (_, index) => `post${index}`);
/** What a reaction to a post has work for; nobody comments or reads meanwhile. */
const CONCERNED = processNames.filter((name) => name !== 'comment' && name !== 'notification-api');
/** Of a wave one copy of each is replaced, all at the same time, and then the other. */
const WAVES: readonly (readonly ProcessName[])[] = [
  ['user', 'post', 'comment', 'reaction'],
  ['notification-api', 'notification-worker', 'analytics'],
  ['gateway'],
];
/** Enough for something to be under way whenever a process ends, and for the machine to start the next. */
const PER_SECOND = 12;
/** Reactions while processes are away. */
const STEP = 5;
/** Reactions until the next are ended: clients try what was away again within 2 s (libs/grpc, CHANNEL). */
const REST = 3 * PER_SECOND;
/** The request and one retry of it. */
const ATTEMPTS = 2;
/** A process has ended within this; asserted three times over. */
const EXIT_MS = 10_000;

describe('two of every process', () => {
  let beckon: BeckonServices;

  beforeAll(async () => {
    beckon = await BeckonServices.start({ copies: COPIES, env: { WRITES_PER_SECOND: '100000' } });
    await beckon.people(...AUTHORS, ...ACTORS);
    for (const [index, id] of POSTS.entries()) {
      await publish(beckon, AUTHORS[index % AUTHORS.length] ?? '', [id]);
    }
  }, 420_000);
  afterAll(() => beckon?.stop());

  /** What was acknowledged, what is told and what a recount says are one. */
  async function expectExact(load: ReactionLoad): Promise<void> {
    await beckon.drain(90_000);
    expect(load.complaints).toEqual([]);
    expect(await toldOfReactions(beckon, AUTHORS)).toEqual(load.told());
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await counterDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  }

  it('are all seen by an operator', async () => {
    const authorization = `Bearer ${await beckon.tokenOf('operator', 'admin')}`;
    const stream = await TestStream.open(`${beckon.url}/v1/admin/stream`, { authorization });
    // Of the gateways only the one that is asked.
    const all = processNames.flatMap((name) => Array<string>(name === 'gateway' ? 1 : COPIES).fill(name));
    const { data } = await stream.waitFor(({ data: { processes, rates } }) => {
      return processes.length === all.length && rates !== null;
    }, 30_000);
    const seen = (data.processes as { name: string }[]).map(({ name }) => name);
    expect(seen.toSorted()).toEqual(all.toSorted());
    await stream.close();
  });

  it('end with exact results, share the work, and are rolled over without a failed request', async () => {
    expect(WAVES.flat().toSorted()).toEqual(processNames.toSorted());
    const reader = await ResumingReader.open(beckon, 'ana');
    const load = ReactionLoad.start(beckon, {
      random: Random.seeded('scale-out'),
      actors: ACTORS,
      posts: POSTS,
      connections: 8,
      takeBack: 0.2,
      perSecond: PER_SECOND,
    });
    const all = CONCERNED.flatMap((name) => Array.from({ length: COPIES }, (_, copy) => ({ name, copy })));
    const served = () => Promise.all(all.map(({ name, copy }) => requestsOf(name, copy)));
    const before = await served();
    await load.progress(60);
    await until(async () => (await served()).every((count, index) => count > before[index]!));

    // What a cold start on a busy machine misses is no part of the rolling.
    load.measureFromNow();
    let slowest = 0;
    const end = async (name: ProcessName, copy: number) => {
      const toldAt = performance.now();
      expect([name, await beckon.endOne(name, copy)]).toEqual([name, 0]);
      slowest = Math.max(slowest, performance.now() - toldAt);
    };
    for (const wave of WAVES) {
      for (let copy = 0; copy < COPIES; copy++) {
        await load.progress(REST);
        await Promise.all(wave.map((name) => end(name, copy)));
        await load.progress(STEP);
        await Promise.all(wave.map((name) => beckon.runOne(name, copy)));
      }
    }
    await load.progress(REST);
    await load.stop();
    console.log(
      `rolled: ${load.summary()}, at most ${load.mostAttempts} attempts, slowest exit ${Math.round(slowest)} ms`,
    );
    expect(load.mostAttempts).toBeLessThanOrEqual(ATTEMPTS);
    expect(slowest).toBeLessThan(3 * EXIT_MS);
    await expectExact(load);
    await reader.caughtUp((await (await beckon.as('ana')).get('/v1/notifications/counts')).body.seq);
    const { body } = await (await beckon.as('ana')).get('/v1/notifications');
    expect([...reader.groups().keys()].toSorted()).toEqual(
      body.groups.map(({ id }: { id: string }) => id).toSorted(),
    );
    await reader.close();
  }, 420_000);

  it('leave out one of them that is frozen, as soon as it was noticed, until it is back', async () => {
    const headers = { authorization: `Bearer ${await beckon.tokenOf('ana')}` };
    // Always the same gateway: each notices for itself.
    const read = async () =>
      (await fetch(`${beckon.directUrl('gateway')}/v1/posts/post0`, { headers })).status;
    beckon.freezeOne('post');
    try {
      await until(async () => (await read()) !== 200, 60_000);
      for (let next = 0; next < 2 * COPIES; next++) expect(await read()).toBe(200);
    } finally {
      beckon.thawOne('post');
    }
    const before = await postsReadFrom(0);
    await until(async () => (await read()) === 200 && (await postsReadFrom(0)) > before);
  }, 120_000);

  const postsReadFrom = (copy: number) =>
    metricOf(
      { url: beckon.directUrl('post', copy) },
      'beckon_http_request_duration_seconds_count',
      'method="GET",route="/v1/posts/:postId",status="200"',
    );

  /** Requests that a process has answered, over HTTP or gRPC, or jobs that it did. */
  async function requestsOf(name: ProcessName, copy: number): Promise<number> {
    const text = await (await fetch(`${beckon.directUrl(name, copy)}/metrics`)).text();
    const counted =
      /^(?:beckon_grpc_server_duration_seconds_count|beckon_(?:http|gateway)_request_duration_seconds_count|beckon_events_total)\{(?!.*route="\/(?:health|metrics))[^}]*\} (\d+)/gm;
    return [...text.matchAll(counted)].reduce((sum, [, value]) => sum + Number(value), 0);
  }
});
