import { Beckon } from '#testkit/beckon.js';
import { badgeOf, countedReactions, deadLetters, toldOfReactions } from '#testkit/inbox-reading.js';
import { Load } from '#testkit/load.js';
import { Random } from '#testkit/random.js';
import { ReactionLoad } from '#testkit/reaction-load.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';

const KILLS = 5;
const ACTORS = Array.from({ length: 100 }, (_, index) => `p${index}`);
const POSTS = Array.from({ length: 10 }, (_, index) => `post${index}`);
/** More than are told at once, so that posts become fan-outs. */
const FOLLOWERS = ACTORS;

describe('a process that is killed', () => {
  const random = Random.seeded('crash');
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { WRITES_PER_SECOND: '100000' } });
    await beckon.people('ana', 'abe', 'star', ...ACTORS);
    for (const [index, id] of POSTS.entries())
      await (await beckon.as(index % 2 === 0 ? 'ana' : 'abe')).post('/v1/posts', { id, body: 'Crash' });
    const follows = FOLLOWERS.map((follower) => ({ follower, followee: 'star' }));
    await (await beckon.asService()).post('/v1/batch/follows', { follows });
  });
  afterAll(() => beckon.stop());

  it(`loses nothing and doubles nothing when it is killed ${KILLS} times under load`, async () => {
    const published: string[] = [];
    const publish = new Load(beckon, [
      () => ({
        actor: 'star',
        method: 'POST',
        path: '/v1/posts',
        body: { body: `News ${published.length} for @ana` },
        done: ({ id }) => void published.push(String(id)),
      }),
    ]);
    const comments = { acknowledged: 0 };
    const comment = new Load(beckon, [
      () => ({
        actor: 'abe',
        method: 'POST',
        path: `/v1/posts/${POSTS[0]}/comments`,
        body: { body: 'So it is' },
        done: () => void comments.acknowledged++,
      }),
    ]);
    const react = ReactionLoad.start(beckon, {
      random,
      actors: ACTORS,
      posts: POSTS,
      connections: 6,
      takeBack: 0.2,
    });

    for (let kill = 0; kill < KILLS; kill++) {
      await react.progress(30 + Math.floor(random.next() * 100));
      await publish.progress(1);
      await beckon.end('SIGKILL');
      await beckon.run();
    }
    await Promise.all([react.stop(), publish.stop(), comment.stop()]);
    const stoppedAt = performance.now();
    // 20 s is what a killed worker's work may wait; three times over.
    await beckon.drain(60_000);

    process.stdout.write(
      `crash: ${react.summary()}\ncrash: ${published.length} posts to ${FOLLOWERS.length} followers, ` +
        `drained after ${Math.round(performance.now() - stoppedAt)} ms\n`,
    );
    for (const load of [react, publish, comment]) expect(load.complaints).toEqual([]);
    expect(await toldOfReactions(beckon, ['ana', 'abe'])).toEqual(react.told());
    const counted = await countedReactions(beckon, POSTS);
    for (const post of POSTS) expect(counted[post]?.total).toBe(react.told()[post]?.actorCount ?? 0);

    const told = await beckon.database.query<{ post: string; n: number }>(
      `SELECT substr(act_id, length('post:') + 1) AS post, count(*)::int AS n FROM notification.member
       WHERE act_id LIKE 'post:%' AND active AND hidden = 0 AND recipient_id <> 'ana' GROUP BY 1`,
    );
    const reached = new Map(told.map(({ post, n }) => [post, n]));
    expect(published.filter((post) => reached.get(post) !== FOLLOWERS.length)).toEqual([]);
    expect(reached.size).toBe(published.length);
    const ana = await beckon.database.query<{ type: string; n: number }>(
      `SELECT type, count(*)::int AS n FROM notification.inbox_group WHERE recipient_id = 'ana' GROUP BY type`,
    );
    expect(ana.find(({ type }) => type === 'mention')?.n).toBe(published.length);
    const [grouped] = await beckon.database.query<{ n: number; acts: number }>(
      `SELECT count(*)::int AS n, max(act_count)::int AS acts FROM notification.inbox_group
       WHERE recipient_id = 'ana' AND type = 'comment'`,
    );
    expect(grouped).toEqual({ n: 1, acts: comments.acknowledged });

    for (const person of ['ana', 'abe', 'p0', 'p99']) {
      const { badge, list, recount } = await badgeOf(beckon, person);
      expect({ list, recount }).toEqual({ list: badge, recount: badge });
    }
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await counterDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  }, 240_000);
});
