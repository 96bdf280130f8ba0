import type { Queue } from 'bullmq';
import { randomUUID } from 'node:crypto';

import { Beckon } from '#testkit/beckon.js';
import { eventOf, reactionData } from '#testkit/hand-made-event.js';
import { holdTable } from '#testkit/hold-table.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { insist } from '#testkit/insist.js';
import { openQueue } from '#testkit/open-queue.js';
import { publish } from '#testkit/publish.js';
import { until } from '#testkit/until.js';

describe('jobs that nobody made sense of', () => {
  let beckon: Beckon;
  let queue: Queue;
  let made = 0;

  beforeAll(async () => {
    beckon = await Beckon.start();
    await beckon.people('ana', 'ben', 'cy');
    await publish(beckon, 'ana', ['p1']);
    await beckon.drain();
    queue = openQueue(beckon, 'notification');
  });
  afterEach(() => beckon.database.query(`DELETE FROM notification.dead_letter`));
  afterAll(async () => {
    await queue?.close();
    await beckon?.stop();
  });

  /** A reaction as its event tells of it; nothing but Redis knows of it. */
  const reaction = (actorId: string, data: object = {}, envelope: object = {}) => ({
    ...eventOf('reaction.added.v1', { ...reactionData({ actorId }), ...data }),
    ...envelope,
  });
  const put = (data: unknown) => queue.add('events', data, { removeOnComplete: true, removeOnFail: true });

  const letters = async (count: number, ms = 40_000) => {
    await until(async () => (await deadLetters(beckon)).length >= count, ms);
    return deadLetters(beckon);
  };

  /** The worker lives if what people do now still arrives. */
  async function expectAlive(): Promise<void> {
    const id = `alive${made++}`;
    await publish(beckon, 'ana', [id]);
    const stream = await beckon.stream('ana');
    const cy = await beckon.as('cy');
    await insist(() => cy.post(`/v1/posts/${id}/reactions`, { type: 'wow' }));
    await stream.waitFor(({ event, data }) => event === 'group' && data.group.subject.id === id);
    await stream.close();
  }

  it.each([
    ['a string', 'rubbish'],
    ['a number', 7],
    ['null', null],
    ['a list', [[[]]]],
    ['an object of something else', { hello: 'world', events: 'none' }],
    ['an object with NUL', { hello: 'wor\0ld', '\0': 1 }],
  ])('%s instead of an envelope is one dead letter, put in twice too', async (_name, data) => {
    await put(data);
    await put(data);
    expect(await letters(1)).toHaveLength(1);
    await expectAlive();
    expect(await deadLetters(beckon)).toHaveLength(1);
  });

  it.each([
    ['of an unknown type', () => reaction('ben', {}, { type: 'reaction.exploded.v1' })],
    [
      'of a type that this consumer does not take',
      () => reaction('ben', {}, { type: 'announcement.published.v1' }),
    ],
    ['with a wrong schema', () => reaction('ben', { actorId: { $ne: null }, version: 'one' })],
    ['with NUL in an id', () => reaction('ben\0', {})],
    ['with NUL in its type', () => reaction('ben', {}, { type: 'reaction\0.added.v1' })],
    ['with half a surrogate pair in an id', () => reaction('ben', { postId: 'p\ud800' })],
    ['without an id', () => ({ ...reaction('ben'), id: undefined })],
    ['with an id that is no UUID', () => reaction('ben', {}, { id: 'ev-1' })],
    [
      'older than the ledger keeps',
      () => reaction('ben', {}, { id: '01800000-0000-7000-8000-000000000000' }),
    ],
    ['with an id that tells no time', () => reaction('ben', {}, { id: randomUUID() })],
    ['that is no object', () => 'boo'],
    ['that is null', () => null],
  ])('an event %s is one dead letter, and its neighbours arrive', async (_name, poison) => {
    const post = `by-hand${made++}`;
    await publish(beckon, 'ana', [post]);
    const stream = await beckon.stream('ana');
    const good = (actor: string) => reaction(actor, { subjectId: post, postId: post });
    await put({ events: [good('ben'), poison(), good('cy')] });
    await stream.waitFor(({ event, data }) => event === 'group' && data.group.actorCount === 2);
    await stream.close();
    expect(await letters(1)).toHaveLength(1);
    await expectAlive();
    expect(await deadLetters(beckon)).toHaveLength(1);
  });

  it('what parses and can never be stored is a dead letter after its attempts; its neighbours arrive at once', async () => {
    const post = `by-hand${made++}`;
    await publish(beckon, 'ana', [post]);
    const stream = await beckon.stream('ana');
    const about = (actor: string, data: object = {}) =>
      reaction(actor, { subjectId: post, postId: post, ...data });
    const neighbours = [about('ben'), about('cy')];
    const poison = [about('dee', { reaction: 'li\0ke' }), about('eli', { version: 2 ** 40 })];
    await put({ events: [neighbours[0], ...poison, neighbours[1]] });
    await stream.waitFor(({ event, data }) => event === 'group' && data.group.actorCount === 2);
    await stream.close();
    const found = await letters(2, 60_000);
    expect(found.map(({ type }) => type)).toEqual(['reaction.added.v1', 'reaction.added.v1']);
    // Nobody waited for the attempts, between which lie seconds.
    const [told] = await beckon.database.query<{ earlier: boolean }>(
      `SELECT max(updated_at) < (SELECT min(died_at) FROM notification.dead_letter) AS earlier
       FROM notification.ledger WHERE event_id = ANY($1)`,
      [neighbours.map(({ id }) => id)],
    );
    expect(told).toEqual({ earlier: true });
    await expectAlive();
  }, 90_000);

  it('a consumer that cannot go on does not keep another from its events', async () => {
    const release = await holdTable(beckon.database, 'analytics.ledger');
    try {
      const stream = await beckon.stream('ana');
      const ben = await beckon.as('ben');
      for (let index = 0; index < 20; index++) {
        const id = `beside${index}`;
        await publish(beckon, 'ana', [id]);
        await insist(() => ben.post(`/v1/posts/${id}/reactions`, { type: 'like' }));
        await stream.waitFor(({ event, data }) => event === 'group' && data.group.subject.id === id);
      }
      await stream.close();
    } finally {
      await release();
    }
    await beckon.drain(60_000);
    const counted = await (await beckon.as('ana')).get('/v1/analytics/posts/beside19');
    expect(counted.body.reactions).toEqual({ total: 1, byType: { like: 1 } });
    expect(await deadLetters(beckon)).toEqual([]);
  });
});
