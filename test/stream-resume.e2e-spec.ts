import { EventSource } from 'eventsource';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { deadLetters, wholeInbox } from '#testkit/inbox-reading.js';
import type { InboxGroup } from '#testkit/person.js';
import { publish } from '#testkit/publish.js';
import { Random } from '#testkit/random.js';
import { ReactionLoad } from '#testkit/reaction-load.js';
import { ResumingReader } from '#testkit/resuming-reader.js';
import { streamDifferences } from '#testkit/stream-check.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { until } from '#testkit/until.js';

const ACTORS = Array.from({ length: 40 }, (_, index) => `p${index}`);
const POSTS = Array.from({ length: 10 }, (_, index) => `post${index}`);

describe('a stream that breaks', () => {
  const random = Random.seeded('stream-resume');
  let beckon: Beckon;
  const readers: ResumingReader[] = [];

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { WRITES_PER_SECOND: '100000' } });
    await beckon.people('ana', ...ACTORS);
    await publish(beckon, 'ana', POSTS);
  });
  afterEach(() => Promise.all(readers.splice(0).map((reader) => reader.close())));
  afterAll(() => beckon?.stop());

  async function read(): Promise<ResumingReader> {
    const reader = await ResumingReader.open(beckon, 'ana');
    readers.push(reader);
    return reader;
  }

  /** Reactions to ana's posts, given and taken back; groups that grow, go and come again. */
  const reactions = () =>
    ReactionLoad.start(beckon, {
      random,
      actors: ACTORS,
      posts: POSTS,
      connections: 4,
      takeBack: 0.4,
      perSecond: 60,
    });
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'resumes when the server under it is restarted (%s) under load',
    async (signal) => {
      const reader = await read();
      const load = reactions();

      for (let restart = 1; restart <= 2; restart++) {
        await load.progress(60);
        const before = reader.connections;
        await beckon.end(signal);
        await beckon.run();
        await reader.reconnected(before);
      }
      await load.progress(30);
      await load.stop();
      await beckon.drain(60_000);

      expect(load.complaints).toEqual([]);
      expect(await streamDifferences(beckon, reader)).toEqual([]);
      expect(await deadLetters(beckon)).toEqual([]);
    },
  );

  it('is resumed by a stock EventSource that gets a new ticket for each connection', async () => {
    const ana = await beckon.as('ana');
    const proxy = await TcpProxy.start(await freePort(), {
      host: '127.0.0.1',
      port: Number(beckon.env['PORT']),
    });
    const { groups, counts } = await wholeInbox(beckon, 'ana');
    const state = new Map(groups.map((group) => [group.id, group]));
    const ids: number[] = [];
    let connections = 0;
    const source = new EventSource(
      `http://127.0.0.1:${proxy.port}/v1/notifications/stream?lastEventId=${counts.seq}`,
      {
        fetch: async (input, init) => {
          const url = new URL(input);
          url.searchParams.set('ticket', (await ana.post('/v1/notifications/stream-tickets')).body.ticket);
          return fetch(url, init);
        },
      },
    );
    const hear = (event: MessageEvent) => {
      ids.push(Number(event.lastEventId));
      return JSON.parse(String(event.data));
    };
    source.addEventListener('open', () => connections++);
    source.addEventListener('group', (event) => {
      const { group } = hear(event);
      state.set(group.id, group);
    });
    source.addEventListener('removed', (event) => state.delete(hear(event).id));
    source.addEventListener('counts', hear);
    source.addEventListener('reset', () => ids.push(-1));
    const load = reactions();

    for (let cut = 1; cut <= 3; cut++) {
      await until(() => connections === cut);
      await load.progress(40);
      await proxy.cut();
      await proxy.restore();
    }
    await until(() => connections === 4);
    await load.stop();
    await beckon.drain();
    const final = await wholeInbox(beckon, 'ana');
    await until(() => (ids.at(-1) ?? 0) >= final.counts.seq);
    source.close();
    await proxy.stop();

    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(ids[0]).toBeGreaterThan(counts.seq);
    expect(bare(state.values())).toEqual(bare(final.groups));
  });
});

/** Groups without what a busy or restarting user service may leave out. */
function bare(groups: Iterable<InboxGroup>) {
  const entries = [...groups].map(
    ({ title: _title, subject: { excerpt: _excerpt, ...subject }, ...group }) => [
      group.id,
      { ...group, subject },
    ],
  );
  return Object.fromEntries(entries) as Record<string, unknown>;
}
