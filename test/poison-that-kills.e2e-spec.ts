import { Redis } from 'ioredis';
import pg from 'pg';

import { Beckon } from '#testkit/beckon.js';
import { holdTable } from '#testkit/hold-table.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { Operator } from '#testkit/operator.js';
import { OwnRedis } from '#testkit/own-redis.js';
import { Person } from '#testkit/person.js';
import { publish } from '#testkit/publish.js';
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
    await publish(beckon, 'ana', ['p1', 'p2']);
    await beckon.drain();
  });
  afterEach(async () => {
    expect(await inboxDifferences(beckon.database)).toEqual([]);
  });
  afterAll(async () => {
    await beckon?.stop();
    await redis?.stop();
  });

  const personOf = async (id: string) => new Person(id, id, await beckon.as(id));
  const actorsOf = async (postId: string) =>
    (await ana.inbox()).find(({ subject }) => subject.id === postId)?.actorCount ?? 0;
  const reactAll = async (ids: string[], postId: string) =>
    Promise.all((await Promise.all(ids.map(personOf))).map((person) => person.react(`posts/${postId}`)));

  async function holdInbox(recipientId: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: beckon.database.url });
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM notification.inbox_state WHERE recipient_id = $1 FOR UPDATE', [
      recipientId,
    ]);
    return () => client.end();
  }

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
    const release = await holdTable(beckon.database, 'notification.ledger');
    await reactAll(['killer'], 'p2');
    await reactAll(NEIGHBOURS, 'p2');
    await release();
    const revival = new Revival(beckon, async () => {
      // An empty Redis has the next process begin with all of it at once, and not when the locks of jobs have run out.
      await admin.flushall();
      // Who is told keeps each neighbour in the middle of its attempt, while the poison is tried.
      const unlock = await holdInbox('ana');
      await beckon.run().catch(() => undefined);
      // What is tried alone waits for them, and is not tried before they go on.
      await Promise.race([beckon.ended, new Promise((resolve) => setTimeout(resolve, 1_000))]);
      await unlock();
    });
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
