import { Redis } from 'ioredis';

import { Beckon } from '#testkit/beckon.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { Operator } from '#testkit/operator.js';
import { OwnRedis } from '#testkit/own-redis.js';
import { Person } from '#testkit/person.js';
import { inboxDifferences } from '#testkit/recount.js';
import { Revival } from '#testkit/revival.js';
import { until } from '#testkit/until.js';

const NEIGHBOURS = Array.from({ length: 12 }, (_, index) => `n${index}`);
/** As an act of the notification consumer is written; the other consumers know only of `"actorId":…,"reaction":…`. */
const actOf = (actorId: string) => `"actorId":"${actorId}","version"`;

describe('a poison event', () => {
  let redis: OwnRedis;
  let beckon: Beckon;
  let operator: Operator;
  let ana: Person;

  beforeAll(async () => {
    redis = await OwnRedis.start();
    beckon = await Beckon.start({
      redisUrl: redis.url,
      faults: [
        { at: 'ledger', does: 'throw', about: actOf('thrower') },
        { at: 'ledger', does: 'kill', about: actOf('killer') },
      ],
    });
    operator = await Operator.of(beckon);
    await beckon.people('ana', 'thrower', 'killer', ...NEIGHBOURS);
    ana = await personOf('ana');
    for (const id of ['p1', 'p2']) await ana.api.post('/v1/posts', { id, body: 'Poison' });
    await beckon.drain();
  });
  afterEach(async () => {
    expect(await inboxDifferences(beckon.database)).toEqual([]);
  });
  afterAll(async () => {
    await beckon.stop();
    await redis.stop();
  });

  const personOf = async (id: string) => new Person(id, id, await beckon.as(id));
  const actorsOf = async (postId: string) =>
    (await ana.inbox()).find(({ subject }) => subject.id === postId)?.actorCount ?? 0;
  const reactAll = async (ids: string[], postId: string) =>
    Promise.all((await Promise.all(ids.map(personOf))).map((person) => person.react(`posts/${postId}`)));

  it('that throws ends as one dead letter after its attempts, and its neighbours arrive', async () => {
    await reactAll(['thrower', ...NEIGHBOURS], 'p1');
    await until(async () => (await actorsOf('p1')) === NEIGHBOURS.length);
    await until(async () => (await deadLetters(beckon)).length > 0, 60_000);
    await beckon.drain();
    expect(await operator.letters()).toMatchObject([
      { type: 'reaction.added.v1', attempts: 5, error: 'Error: fault at ledger' },
    ]);
    expect(await actorsOf('p1')).toBe(NEIGHBOURS.length);
  }, 90_000);

  it('that ends its process ends as one dead letter after its attempts, and its neighbours arrive', async () => {
    const admin = new Redis(redis.url);
    // An empty Redis is what makes the next process begin with all of it at once, and not when locks have run out.
    const revival = new Revival(beckon, () => admin.flushall());
    const killer = await personOf('killer');
    await killer.react('posts/p2').catch(() => undefined);
    for (const neighbour of NEIGHBOURS) {
      const { api } = await personOf(neighbour);
      // 200 when the answer to the first one was lost with the process.
      const react = () => api.post('/v1/posts/p2/reactions', { type: 'like' }).catch(() => undefined);
      await until(async () => [200, 201].includes((await react())?.status ?? 0), 60_000);
    }
    await until(async () => (await deadLetters(beckon)).length > 1, 120_000);
    await revival.stop();
    admin.disconnect();
    await beckon.drain(60_000);
    const letters = await operator.letters();
    expect(letters.map(({ type, attempts, error }) => ({ type, attempts, error }))).toEqual([
      { type: 'reaction.added.v1', attempts: 5, error: 'its process ended while it was handled' },
      { type: 'reaction.added.v1', attempts: 5, error: 'Error: fault at ledger' },
    ]);
    // The first time it was in an envelope, which counts nothing; then it was tried five times.
    expect(revival.deaths).toBeLessThanOrEqual(6);
    expect(await actorsOf('p2')).toBe(NEIGHBOURS.length);
  }, 240_000);

  it('is told when it is redriven after what was wrong is mended; taken back before that, it tells nobody', async () => {
    beckon.arm();
    const killer = await personOf('killer');
    await killer.unreact('posts/p2');
    await beckon.drain();
    for (const letter of await operator.letters()) expect(await operator.redrive(letter)).toBe(202);
    await until(async () => (await operator.letters()).length === 0);
    await beckon.drain();
    expect(await actorsOf('p2')).toBe(NEIGHBOURS.length);
    expect(await actorsOf('p1')).toBe(NEIGHBOURS.length + 1);
  });
});
