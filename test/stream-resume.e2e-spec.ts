import { EventSource } from 'eventsource';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { deadLetters, type ListedGroup, wholeInbox } from '#testkit/inbox-reading.js';
import { Load } from '#testkit/load.js';
import { Random } from '#testkit/random.js';
import { ReactionLoad } from '#testkit/reaction-load.js';
import { ResumingReader } from '#testkit/resuming-reader.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';

const ACTORS = Array.from({ length: 40 }, (_, index) => `p${index}`);
const POSTS = Array.from({ length: 10 }, (_, index) => `post${index}`);
const CUTS = 50;

describe('a stream that breaks', () => {
  const random = Random.seeded('stream-resume');
  let beckon: Beckon;
  let comments = 0;
  const readers: ResumingReader[] = [];

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { WRITES_PER_SECOND: '100000' } });
    await beckon.people('ana', 'abe', ...ACTORS);
    const [ana, abe] = [await beckon.as('ana'), await beckon.as('abe')];
    for (const id of POSTS) await ana.post('/v1/posts', { id, body: 'Live' });
    await abe.post('/v1/posts', { id: 'thread', body: 'Talk' });
  });
  afterEach(() => Promise.all(readers.splice(0).map((reader) => reader.close())));
  afterAll(() => beckon.stop());

  async function read(): Promise<ResumingReader> {
    const reader = await ResumingReader.open(beckon, 'ana');
    readers.push(reader);
    return reader;
  }

  /** Reactions to ana's posts, given and taken back; groups that grow, go and come again. */
  const reactions = () =>
    ReactionLoad.start(beckon, { random, actors: ACTORS, posts: POSTS, connections: 4, takeBack: 0.4 });
  /** Comments that mention ana, each a notification of its own that is never sent twice. */
  const mentions = () =>
    new Load(beckon, [
      () => ({
        actor: ACTORS[comments % ACTORS.length] ?? '',
        method: 'POST',
        path: '/v1/posts/thread/comments',
        body: { body: `Look here @ana, number ${comments}` },
        done: () => void comments++,
      }),
    ]);

  async function expectNothingMissed(reader: ResumingReader): Promise<void> {
    const { groups, counts } = await wholeInbox(beckon, 'ana');
    await reader.caughtUp(counts.seq);
    const heard = reader.heard();
    const ids = heard.map(({ id }) => id);
    expect(heard.filter(({ event }) => event === 'reset')).toEqual([]);
    expect(ids.filter((id, index) => index > 0 && id <= (ids[index - 1] ?? 0))).toEqual([]);
    expect(ids.filter((id) => id <= reader.startedAt)).toEqual([]);
    const changed = await beckon.database.query<{ id: string; seq: number }>(
      `SELECT id, seq::int FROM notification.inbox_group WHERE recipient_id = 'ana' AND seq > $1`,
      [reader.startedAt],
    );
    const latest = new Map<string, number>();
    for (const { event, id, data } of heard) {
      if (event === 'group') latest.set(data.group.id, id);
      if (event === 'removed') latest.set(data.id, id);
    }
    expect(changed.filter(({ id, seq }) => latest.get(id) !== seq)).toEqual([]);
    expect(bare(reader.groups().values())).toEqual(bare(groups));
    expect(reader.counts()).toMatchObject({ unread: counts.unread, unseen: counts.unseen });
  }

  it(`brings everything once and in order over ${CUTS} cuts under load, wherever it began`, async () => {
    const reader = await read();
    const loads = [reactions(), mentions()];

    for (let cut = 1; cut <= CUTS; cut++) {
      await loads[0]?.progress(1 + Math.floor(random.next() * 20));
      await reader.cut();
      await reader.reconnected(cut);
      // Others begin in the middle of it, each where a list of that moment ends.
      if (cut % 10 === 0) await read();
    }
    await Promise.all(loads.map((load) => load.stop()));
    await beckon.drain();

    expect(loads.flatMap(({ complaints }) => complaints)).toEqual([]);
    expect(reader.connections).toBe(CUTS + 1);
    expect(readers).toHaveLength(1 + CUTS / 10);
    for (const each of readers) await expectNothingMissed(each);
    const mentioned = [...reader.groups().values()].filter(({ type }) => type === 'mention');
    expect(mentioned).toHaveLength(comments);
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
      await expectNothingMissed(reader);
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
function bare(groups: Iterable<ListedGroup>) {
  const entries = [...groups].map(
    ({ title: _title, subject: { excerpt: _excerpt, ...subject }, ...group }) => [
      group.id,
      { ...group, subject },
    ],
  );
  return Object.fromEntries(entries) as Record<string, unknown>;
}

async function until(reached: () => boolean, ms = 20_000): Promise<void> {
  const limit = Date.now() + ms;
  while (!reached()) {
    if (Date.now() > limit) throw new Error('not in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
