import { Beckon } from '#testkit/beckon.js';
import { badgeOf, countedReactions, deadLetters, toldOfReactions } from '#testkit/inbox-reading.js';
import { percentile } from '#testkit/load.js';
import { publish } from '#testkit/publish.js';
import { Random } from '#testkit/random.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { ReactionLoad } from '#testkit/reaction-load.js';

const CONNECTIONS = 32;
const EACH = 50;
const AUTHORS = ['ana', 'abe', 'ada', 'art'];
const ACTORS = Array.from({ length: 200 }, (_, index) => `p${index}`);
const POSTS = Array.from({ length: 20 }, (_, index) => `post${index}`);

describe('many people on a few posts', () => {
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { WRITES_PER_SECOND: '100000' } });
    await beckon.people(...AUTHORS, ...ACTORS);
    for (const [index, id] of POSTS.entries()) {
      await publish(beckon, AUTHORS[index % AUTHORS.length] ?? 'ana', [id]);
    }
  });
  afterAll(() => beckon?.stop());

  it(`answers ${CONNECTIONS} × ${EACH} reactions with 201 or 200, and tells the authors exactly those`, async () => {
    const [before] = await beckon.database.query<{ deadlocks: number }>(DEADLOCKS);
    const startedAt = performance.now();
    const load = ReactionLoad.start(beckon, {
      random: Random.seeded('load'),
      actors: ACTORS,
      posts: POSTS,
      connections: CONNECTIONS,
      each: EACH,
    });
    await load.finished;
    const answeredAt = performance.now();
    await beckon.drain(180_000);
    const told = await toldOfReactions(beckon, AUTHORS);

    process.stdout.write(
      `load: ${Math.round((CONNECTIONS * EACH * 1_000) / (answeredAt - startedAt))} reactions/s, ` +
        `p50 ${percentile(load.latencies, 0.5).toFixed(1)} ms, p99 ${percentile(load.latencies, 0.99).toFixed(1)} ms, ` +
        `drained ${((performance.now() - answeredAt) / 1_000).toFixed(1)} s later\n`,
    );
    expect(load.complaints).toEqual([]);
    expect(load.count(200) + load.count(201)).toBe(CONNECTIONS * EACH);
    expect(told).toEqual(load.told());
    const counted = await countedReactions(beckon, POSTS);
    for (const post of POSTS) {
      expect(counted[post]).toEqual({
        total: told[post]?.actorCount,
        byType: told[post]?.reactions,
      });
    }
    for (const author of AUTHORS) {
      const { badge, list, recount } = await badgeOf(beckon, author);
      expect({ list, recount }).toEqual({ list: badge, recount: badge });
    }
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await counterDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
    const [after] = await beckon.database.query<{ deadlocks: number }>(DEADLOCKS);
    expect((after?.deadlocks ?? 0) - (before?.deadlocks ?? 0)).toBe(0);
  }, 300_000);
});

const DEADLOCKS = `SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()`;
