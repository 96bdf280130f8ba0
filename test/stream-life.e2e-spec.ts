import { readFileSync } from 'node:fs';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { fromTestRun } from '#testkit/environment.js';
import { wholeInbox } from '#testkit/inbox-reading.js';
import { insist } from '#testkit/insist.js';
import { metricOf } from '#testkit/metric.js';
import { publish } from '#testkit/publish.js';
import { ResumingReader } from '#testkit/resuming-reader.js';
import type { TestStream } from '#testkit/stream.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { UnreadStream } from '#testkit/unread-stream.js';
import { until } from '#testkit/until.js';

const SLOW_READERS = 8;
const POSTS = 120;
/** The comparison of sequences finds within this what a lost hint would have told; asserted three times over. */
const COMPARE_MS = 3_000;

describe('the life of a stream', () => {
  let beckon: Beckon;
  let redis: TcpProxy;
  /** Of somebody of whom nothing is heard. */
  let quiet: TestStream;

  beforeAll(async () => {
    const { hostname, port } = new URL(fromTestRun('TEST_REDIS_URL'));
    redis = await TcpProxy.start(await freePort(), { host: hostname, port: Number(port) });
    beckon = await Beckon.start({
      redisUrl: `redis://127.0.0.1:${redis.port}`,
      env: { WRITES_PER_SECOND: '100000', RETENTION_INTERVAL_SECONDS: '1' },
    });
    await beckon.people('ana', 'ben', 'cy', 'dee', 'eli', 'fay');
    quiet = await beckon.stream('fay');
    for (const id of ['ana', 'ben', 'cy', 'dee', 'eli']) await publish(beckon, id, [`post-${id}`]);
  });
  afterAll(async () => {
    await quiet?.close();
    await beckon?.stop();
    await redis?.stop();
  });

  const react = async (actor: string, post: string, type = 'like') => {
    const api = await beckon.as(actor);
    await insist(() => api.post(`/v1/posts/${post}/reactions`, { type }));
  };
  const comment = async (actor: string, post: string, body: string) => {
    const api = await beckon.as(actor);
    await insist(() => api.post(`/v1/posts/${post}/comments`, { body }));
  };

  it('tells two streams of one person the same', async () => {
    const streams = [await beckon.stream('ana'), await beckon.stream('ana')];
    await react('ben', 'post-ana');
    for (const stream of streams) {
      await stream.waitFor(({ event }) => event === 'counts');
      expect(stream.events.map(({ event }) => event)).toEqual(['group', 'counts']);
    }
    expect(streams[0]?.events.map(({ data }) => data)).toEqual(streams[1]?.events.map(({ data }) => data));
    await Promise.all(streams.map((stream) => stream.close()));
  });

  it('says reset when more is asked for than there is, and goes on from there', async () => {
    const { seq } = (await (await beckon.as('ana')).get('/v1/notifications/counts')).body;
    const resets = await metricOf(beckon, 'beckon_stream_events_total', 'event="reset"');
    const stream = await beckon.stream('ana', seq + 1_000);
    expect((await stream.waitFor(({ event }) => event === 'reset')).data).toEqual({ seq });
    expect(await metricOf(beckon, 'beckon_stream_events_total', 'event="reset"')).toBe(resets + 1);
    await react('cy', 'post-ana', 'wow');
    const { data } = await stream.waitFor(({ event }) => event === 'group');
    expect(data.group.actorIds[0]).toBe('cy');
    await stream.close();
  });

  it('says reset when what was asked for is pruned, and resumes what is not', async () => {
    await react('ana', 'post-dee');
    await beckon.drain();
    const first = (await wholeInbox(beckon, 'dee')).counts;
    await comment('ana', 'post-dee', 'Later');
    await beckon.drain();
    await beckon.database.query(
      `UPDATE notification.inbox_group SET changed_at = now() - interval '1 year'
       WHERE recipient_id = 'dee' AND type = 'reaction'`,
    );
    await until(async () => {
      const [state] = await beckon.database.query<{ floor: number }>(
        `SELECT floor_seq::int AS floor FROM notification.inbox_state WHERE recipient_id = 'dee'`,
      );
      return (state?.floor ?? 0) > 0;
    });
    const { counts, groups } = await wholeInbox(beckon, 'dee');
    expect(groups.map(({ type }) => type)).toEqual(['comment']);
    expect(counts.unread).toBe(1);

    const old = await beckon.stream('dee', 0);
    expect((await old.waitFor(({ event }) => event === 'reset')).id).toBe(counts.seq);
    // Who read the list before still shows what has gone.
    const stale = await beckon.stream('dee', first.seq);
    expect((await stale.waitFor(({ event }) => event === 'reset')).id).toBe(counts.seq);
    await comment('ben', 'post-dee', 'Later still');
    const kept = await beckon.stream('dee', counts.seq);
    await kept.waitFor(({ event }) => event === 'counts');
    expect(kept.events.map(({ event }) => event)).toEqual(['group', 'counts']);
    await Promise.all([old.close(), stale.close(), kept.close()]);
  });

  it('hears within seconds of what a lost hint would have told, and at once again when Redis is back', async () => {
    const ana = await beckon.as('ana');
    const [group] = (await wholeInbox(beckon, 'ana')).groups;
    const stream = await beckon.stream('ana');
    await redis.cut();

    const readAt = performance.now();
    expect((await ana.post(`/v1/notifications/${group?.id}/read`)).status).toBe(200);
    const { at } = await stream.waitFor(({ event, data }) => event === 'group' && data.group.readAt !== null);
    expect(at - readAt).toBeLessThan(3 * COMPARE_MS);
    await redis.restore();
    await react('dee', 'post-ana');
    await stream.waitFor(
      ({ event, data }) => event === 'group' && data.group.actorIds.includes('dee'),
      30_000,
    );
    await stream.close();
  });

  it('cuts off readers that never read, and brings everything to one that reads beside them', async () => {
    const long = 'https://example.com/'.padEnd(500, '•');
    const actors = ['f1', 'f2', 'f3'];
    const service = await beckon.asService();
    const users = actors.map((id) => ({ id, handle: id, displayName: id.padEnd(80, '•'), avatarUrl: long }));
    expect((await service.post('/v1/batch/users', { users })).status).toBe(200);
    const eli = await beckon.as('eli');
    for (let index = 0; index < POSTS; index++) {
      await publish(beckon, 'eli', [`large${index}`], 'Large '.repeat(100));
      await Promise.all(actors.map((actor) => react(actor, `large${index}`)));
    }
    await beckon.drain(60_000);
    const reader = await ResumingReader.open(beckon, 'eli');
    const late = await beckon.stream('eli', 0);
    const before = residentBytes(beckon.pid);
    const slow = await Promise.all(
      Array.from({ length: SLOW_READERS }, () => UnreadStream.open(beckon, 'eli')),
    );

    // Each mute and un-mute changes every group: some hundred kilobytes for every reader.
    let rounds = 0;
    while (slow.some(({ isCutOff }) => !isCutOff) && rounds < 200) {
      rounds++;
      for (const actor of actors) {
        await eli.put(`/v1/me/mutes/${actor}`);
        await eli.delete(`/v1/me/mutes/${actor}`);
      }
    }
    const { groups, counts } = await wholeInbox(beckon, 'eli');
    await reader.caughtUp(counts.seq, 30_000);
    await late.waitFor(({ id }) => id >= counts.seq, 30_000);

    process.stdout.write(
      `slow readers: cut off after ${rounds} rounds, RSS +${Math.round((residentBytes(beckon.pid) - before) / 2 ** 20)} MB\n`,
    );
    expect(slow.filter(({ isCutOff }) => !isCutOff)).toEqual([]);
    expect(reader.connections).toBe(1);
    expect([...reader.groups().values()].map(({ id, seq }) => `${id} ${seq}`).sort()).toEqual(
      groups.map(({ id, seq }) => `${id} ${seq}`).sort(),
    );
    expect(residentBytes(beckon.pid) - before).toBeLessThan(150 * 2 ** 20);
    for (const stream of slow) stream.close();
    await Promise.all([reader.close(), late.close()]);
  });

  it('has said keep-alive to a quiet reader, and nothing else', async () => {
    await until(() => quiet.comments.length > 0);
    expect(quiet.comments[0]).toMatch(/keep-alive/);
    expect(quiet.events).toEqual([]);
  });
});

function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
