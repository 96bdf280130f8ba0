import { randomUUID } from 'node:crypto';

import { Beckon } from '#testkit/beckon.js';
import {
  badgeOf,
  countedReactions,
  deadLetters,
  toldOfReactions,
  wholeInbox,
} from '#testkit/inbox-reading.js';
import { insist, served } from '#testkit/insist.js';
import { publish } from '#testkit/publish.js';
import { Random } from '#testkit/random.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { sideBySide } from '#testkit/side-by-side.js';

const POSTS = 1_000;
const AUTHORS = ['ana', 'abe', 'ada', 'art', 'amy'];

describe('people who act at the same time', () => {
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { WRITES_PER_SECOND: '100000' } });
    await beckon.people(...AUTHORS, 'ben', 'cy', 'dee', 'eli', 'fay', 'gus');
  });
  afterAll(() => beckon?.stop());

  it('puts two concurrent reactions to a fresh post into one group of two, 1,000 times', async () => {
    const [ben, cy] = [await beckon.as('ben'), await beckon.as('cy')];
    const refused: unknown[] = [];

    await sideBySide(POSTS, async (index) => {
      await publish(beckon, AUTHORS[index % AUTHORS.length] ?? 'ana', [`fresh${index}`]);
      const answers = await Promise.all([
        served(() => ben.post(`/v1/posts/fresh${index}/reactions`, { type: 'like' })),
        served(() => cy.post(`/v1/posts/fresh${index}/reactions`, { type: 'love' })),
      ]);
      refused.push(...answers.filter(({ status }) => status !== 201).map(({ body }) => body));
    });
    await beckon.drain(60_000);

    expect(refused).toEqual([]);
    const told = await toldOfReactions(beckon, AUTHORS);
    const pair = { actors: ['ben like', 'cy love'], actorCount: 2, reactions: { like: 1, love: 1 } };
    expect(Object.keys(told)).toHaveLength(POSTS);
    expect(Object.entries(told).filter(([, group]) => !isEqual(group, pair))).toEqual([]);
    for (const author of AUTHORS) {
      const expected = POSTS / AUTHORS.length;
      expect(await badgeOf(beckon, author)).toEqual({ badge: expected, list: expected, recount: expected });
    }
    expect(await deadLetters(beckon)).toEqual([]);
  }, 240_000);

  it('ends where the reactions stand when one person reacts, changes and takes back all at once', async () => {
    const random = Random.seeded('concurrency');
    const people = ['ben', 'cy', 'dee', 'eli', 'fay', 'gus'];
    const posts = ['mix1', 'mix2', 'mix3'];
    const ana = await beckon.as('ana');
    await publish(beckon, 'ana', posts);
    const statuses = new Set<number>();

    await sideBySide(150, async () => {
      const person = await beckon.as(random.pick(people));
      const path = `/v1/posts/${random.pick(posts)}/reactions`;
      const types = ['like', 'love', 'wow'] as const;
      const react = (type = random.pick(types)) => served(() => person.post(path, { type }));
      const takeBack = () => served(() => person.delete(`${path}/mine`));
      const last = random.next() < 0.5 ? takeBack : react;
      const answers = await Promise.all([react(), takeBack(), react(), last()]);
      for (const { status } of answers) statuses.add(status);
    });
    await beckon.drain();

    expect([...statuses].sort((a, b) => a - b)).toEqual([200, 201, 204]);
    const standing = await Promise.all(
      posts.map(async (post) => {
        const { body } = await ana.get(`/v1/posts/${post}/reactions?limit=100`);
        return [
          post,
          body.reactions
            .map((reaction: { actorId: string; type: string }) => `${reaction.actorId} ${reaction.type}`)
            .sort(),
        ] as const;
      }),
    );
    const told = await toldOfReactions(beckon, ['ana']);
    const counted = await countedReactions(beckon, posts);
    for (const [post, reactions] of standing) {
      expect(told[post]?.actors ?? []).toEqual(reactions);
      expect(told[post]?.actorCount ?? 0).toBe(reactions.length);
      expect(counted[post]?.total).toBe(reactions.length);
      expect(counted[post]?.byType).toEqual(told[post]?.reactions ?? {});
    }
    const { badge, list, recount } = await badgeOf(beckon, 'ana');
    expect({ list, recount }).toEqual({ list: badge, recount: badge });
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await counterDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  });

  it('answers two concurrent equal reactions with the same row', async () => {
    const dee = await beckon.as('dee');
    const pairs: { ids: string[]; statuses: number[]; versions: number[] }[] = [];

    await sideBySide(200, async (index) => {
      const react = () => served(() => dee.post(`/v1/posts/fresh${index}/reactions`, { type: 'haha' }));
      const answers = await Promise.all([react(), react()]);
      pairs.push({
        ids: [...new Set(answers.map(({ body }) => String(body.id)))],
        statuses: answers.map(({ status }) => status).sort((a, b) => a - b),
        versions: answers.map(({ body }) => Number(body.version)),
      });
    });

    expect(pairs.filter(({ ids }) => ids.length !== 1)).toEqual([]);
    expect(pairs.filter(({ statuses }) => statuses.join() !== '200,201')).toEqual([]);
    expect(pairs.filter(({ versions }) => versions.join() !== '1,1')).toEqual([]);
  });

  it('carries out concurrent requests of one Idempotency-Key once', async () => {
    const eli = await beckon.as('eli');
    const different: unknown[] = [];

    await sideBySide(50, async (index) => {
      const key = { 'idempotency-key': randomUUID() };
      const comment = () => served(() => eli.post(`/v1/posts/fresh${index}/comments`, { body: 'Once' }, key));
      const answers = await Promise.all([comment(), comment(), comment()]);
      const [first, ...others] = answers.map(({ status, body }) => ({ status, body }));
      different.push(...others.filter((answer) => !isEqual(answer, first)));
      const { body } = await eli.get(`/v1/posts/fresh${index}/comments`);
      expect(body.comments).toHaveLength(1);
    });
    await beckon.drain();

    expect(different).toEqual([]);
  });

  it('reads, mutes and reactions at once leave badge and list equal', async () => {
    const ana = await beckon.as('ana');
    const gus = await beckon.as('gus');

    await sideBySide(60, async (index) => {
      const path = `/v1/posts/fresh${(index % 10) * AUTHORS.length}/reactions`;
      await Promise.all([
        insist(() => gus.post(path, { type: index % 2 === 0 ? 'sad' : 'wow' })),
        insist(() => (index % 3 === 0 ? ana.put('/v1/me/mutes/gus') : ana.delete('/v1/me/mutes/gus'))),
        insist(() => ana.post('/v1/notifications/read', { upTo: index * 20 })),
        insist(() => ana.post('/v1/notifications/seen', { upTo: index * 10 })),
      ]);
    });
    await beckon.drain();

    const { badge, list, recount } = await badgeOf(beckon, 'ana');
    expect({ list, recount }).toEqual({ list: badge, recount: badge });
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    const { groups, counts } = await wholeInbox(beckon, 'ana');
    expect(counts.unseen).toBe(groups.filter((group) => !group.seen && group.readAt === null).length);
  });
});

function isEqual(a: unknown, b: unknown): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}
