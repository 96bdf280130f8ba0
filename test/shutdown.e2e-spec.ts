import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { Beckon } from '#testkit/beckon.js';
import { holdTable } from '#testkit/hold-table.js';
import { deadLetters, toldOfReactions } from '#testkit/inbox-reading.js';
import { insist } from '#testkit/insist.js';
import { publish } from '#testkit/publish.js';
import { Random } from '#testkit/random.js';
import { ReactionLoad } from '#testkit/reaction-load.js';
import { inboxDifferences } from '#testkit/recount.js';
import { until } from '#testkit/until.js';

const ACTORS = Array.from({ length: 60 }, (_, index) => `p${index}`);
const POSTS = Array.from({ length: 6 }, (_, index) => `post${index}`);
/** A process has ended within this; asserted three times over. */
const EXIT_MS = 10_000;

describe('a process that is told to end', () => {
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { WRITES_PER_SECOND: '100000' } });
    await beckon.people('ana', ...ACTORS);
    await publish(beckon, 'ana', POSTS);
  });
  afterAll(() => beckon?.stop());

  /** Statements that wait for a table that somebody holds; in cloned databases the same tables have the same numbers. */
  const waitingFor = async (table: string) =>
    (
      await beckon.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = $1::regclass
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        [table],
      )
    )[0]?.n ?? 0;

  it('exits 0 in time under load and open streams, refuses nobody with an error, and loses nothing', async () => {
    const load = ReactionLoad.start(beckon, {
      random: Random.seeded('shutdown'),
      actors: ACTORS,
      posts: POSTS,
      connections: 12,
      takeBack: 0.2,
    });
    for (let round = 0; round < 3; round++) {
      const streams = await Promise.all(Array.from({ length: 8 }, () => beckon.stream('ana')));
      await load.progress(100);
      const toldAt = performance.now();
      expect(await beckon.end('SIGTERM')).toBe(0);
      expect(performance.now() - toldAt).toBeLessThan(3 * EXIT_MS);
      await Promise.all(streams.map((stream) => stream.waitForEnd()));
      await beckon.run();
    }
    await load.progress(50);
    await load.stop();
    await beckon.drain(60_000);

    expect(load.complaints).toEqual([]);
    // A process that is just starting may still answer 503 with Retry-After, and nothing else but 2xx.
    expect([...load.statuses.keys()].filter((status) => status >= 300 && status !== 503)).toEqual([]);
    expect(await toldOfReactions(beckon, ['ana'])).toEqual(load.told());
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  }, 240_000);

  it('answers the requests that it has taken', async () => {
    const release = await holdTable(beckon.database, 'reaction.reaction');
    const react = async (actor: string) =>
      (await beckon.as(actor)).post(`/v1/posts/${POSTS[0]}/reactions`, { type: 'sad' });
    const taken = Promise.all(ACTORS.slice(0, 10).map(react));
    await until(async () => (await waitingFor('reaction.reaction')) >= 10);
    const ended = beckon.end('SIGTERM');
    await until(() =>
      fetch(`${beckon.url}/health/live`).then(
        () => false,
        () => true,
      ),
    );
    await release();

    const answers = await taken;
    expect(answers.map(({ status }) => status).filter((status) => status > 201)).toEqual([]);
    expect(answers.map(({ headers }) => headers.get('connection'))).toEqual(Array(10).fill('close'));
    expect(await ended).toBe(0);
    await beckon.run();
    await beckon.drain();
  });

  it('ends a stream that opens only now as it ends the others', async () => {
    const { body } = await (await beckon.as('ana')).post('/v1/notifications/stream-tickets');
    const release = await holdTable(beckon.database, 'notification.stream_ticket');
    const path = `/v1/notifications/stream?ticket=${body.ticket}`;
    const stream = fetch(`${beckon.url}${path}`).then((answer) => answer.text());
    await until(async () => (await waitingFor('notification.stream_ticket')) > 0);
    const ended = beckon.end('SIGTERM');
    const answers = () =>
      fetch(`${beckon.url}/health/live`).then(
        () => true,
        () => false,
      );
    await until(async () => !(await answers()));
    await release();
    // Ended, not cut off: then there would be no text.
    expect(await stream).toContain('retry:');
    expect(await ended).toBe(0);
    await beckon.run();
  });

  it('ends in time even when its database does not answer', async () => {
    const release = await holdTable(beckon.database, 'notification.ledger');
    const actor = await beckon.as('p1');
    await insist(() => actor.post(`/v1/posts/${POSTS[1]}/reactions`, { type: 'wow' }));
    await until(async () => (await waitingFor('notification.ledger')) > 0);
    const toldAt = performance.now();
    await beckon.end('SIGTERM');
    expect(performance.now() - toldAt).toBeLessThan(3 * EXIT_MS);
    await release();
    await beckon.run();
    await beckon.drain();
    expect(await deadLetters(beckon)).toEqual([]);
  });

  it.each(['PORT', 'GRPC_PORT'])(
    'says which port is taken: %s',
    async (name) => {
      const holder = createServer().listen(0, '127.0.0.1');
      await once(holder, 'listening');
      const address = holder.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const env = { ...beckon.env, PORT: '0', GRPC_PORT: '0', [name]: String(port) };
      const child = spawn(process.execPath, ['dist/main/all-in-one.cjs'], {
        env: { PATH: process.env['PATH'] ?? '', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const [code] = (await once(child, 'exit')) as [number | null];
      holder.close();
      expect(code).toBe(1);
      expect(output).toContain(`${name} ${port} is taken`);
      // And not with the line of the bundle that threw it, which may hold a whole library.
      expect(Math.max(...output.split('\n').map(({ length }) => length))).toBeLessThan(5_000);
    },
    30_000,
  );
});
