import { Beckon } from '#testkit/beckon.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { metricOf } from '#testkit/metric.js';
import { OwnRedis } from '#testkit/own-redis.js';
import { Person } from '#testkit/person.js';
import { publish } from '#testkit/publish.js';
import { inboxDifferences } from '#testkit/recount.js';
import { until } from '#testkit/until.js';

const SILENCE_SECONDS = 4;
const SLOTS = 4;
const ACTORS = Array.from({ length: 12 }, (_, index) => `p${index}`);

describe('a worker that completes nothing', () => {
  let redis: OwnRedis;
  let beckon: Beckon;
  let ana: Person;
  let actors: Person[];

  beforeAll(async () => {
    redis = await OwnRedis.start();
    beckon = await Beckon.start({
      redisUrl: redis.url,
      faults: [],
      env: { WORKER_SILENCE_SECONDS: String(SILENCE_SECONDS) },
    });
    await beckon.people('ana', ...ACTORS);
    ana = new Person('ana', 'ana', await beckon.as('ana'));
    actors = await Promise.all(ACTORS.map(async (id) => new Person(id, id, await beckon.as(id))));
    await publish(beckon, 'ana', ['away', 'hangs']);
    await beckon.drain();
  });
  afterEach(async () => {
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  });
  afterAll(async () => {
    await beckon?.stop();
    await redis?.stop();
  });

  const restarts = () => metricOf(beckon, 'beckon_worker_restarts_total', 'consumer="notification"');
  const actorsOf = async (postId: string) =>
    (await ana.inbox()).find(({ subject }) => subject.id === postId)?.actorCount ?? 0;

  it('is left alone while its Redis is away, and afterwards while there is nothing to do', async () => {
    redis.signal('SIGKILL');
    for (const actor of actors) await actor.react('posts/away');
    // That nothing happens has no signal.
    await new Promise((resolve) => setTimeout(resolve, SILENCE_SECONDS * 1_000 + 1_000));
    await redis.run();
    await until(async () => (await actorsOf('away')) === ACTORS.length, 30_000);
    expect(await restarts()).toBe(0);
  }, 90_000);

  it('is started anew when all it has in hand hangs, and what it held is told once', async () => {
    // As an act of the notification consumer is written; the other consumers know only of `"postId":…,"actorId":…`.
    beckon.arm({ at: 'ledger', does: 'hang', about: '"postId":"hangs","reaction"', times: SLOTS });
    for (const actor of actors) await actor.react('posts/hangs');
    await until(async () => (await restarts()) > 0, 60_000);
    await until(async () => (await actorsOf('hangs')) === ACTORS.length, 60_000);
    await beckon.drain();
    expect(await actorsOf('hangs')).toBe(ACTORS.length);
  }, 150_000);
});
