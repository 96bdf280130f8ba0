import { Beckon } from '#testkit/beckon.js';
import { deadLetters, wholeInbox } from '#testkit/inbox-reading.js';
import { type Mutation, mutate } from '#testkit/mutant.js';
import { inboxDifferences } from '#testkit/recount.js';
import { until } from '#testkit/until.js';

/** Two processes are started one after the other, on a machine that may be busy. */
const HOOK_MS = 320_000;
const V1 = 'user.followed.v1';
const V2 = 'user.followed.v2';
const FOLLOWERS = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];

const rule = `"${V1}": ({ data }) => ({`;
/** A release whose consumers also take a second version of the event, of another shape: `since` for `followedAt`. */
const TAKES_BOTH: readonly Mutation[] = [
  beside(
    `"${V1}": Follow,`,
    `"${V2}": Follow.omit({ followedAt: true }).extend({ since: Follow.shape.followedAt }),`,
  ),
  beside(`"${V1}": ["notification", "user"],`, `"${V2}": ["notification", "user"],`),
  beside(
    `"${V1}": (follow) => onUser("followed", follow),`,
    `"${V2}": (follow) => onUser("followed", follow),`,
  ),
  {
    from: rule,
    to: `"${V2}": ({ data: { since, ...data } }) => rules["${V1}"]({ data: { ...data, followedAt: since } }), ${rule}`,
  },
];
/** The next one, whose producer emits it. */
const EMITS_SECOND: readonly Mutation[] = [
  ...TAKES_BOTH,
  {
    from: `'user.' || outcome || '.v1'`,
    to: `'user.' || outcome || CASE outcome WHEN 'followed' THEN '.v2' ELSE '.v1' END`,
  },
  {
    from: `'followedAt', followed_at)`,
    to: `CASE outcome WHEN 'followed' THEN 'since' ELSE 'followedAt' END, followed_at)`,
  },
];

function beside(from: string, added: string): Mutation {
  return { from, to: `${from} ${added}` };
}

describe('two versions of an event, in the order of the runbook', () => {
  let takesBoth: Beckon;
  let emitsSecond: Beckon;

  // No process that knows the first alone is left: the runbook's test has one, and what comes of it.
  beforeAll(async () => {
    takesBoth = await Beckon.start({ build: mutate(...TAKES_BOTH) });
    const { REDIS_PREFIX = '', REDIS_URL = '' } = takesBoth.env;
    const database = { ...takesBoth.database, drop: async () => undefined };
    const env = { REDIS_PREFIX, REDIS_URL };
    emitsSecond = await Beckon.start({ build: mutate(...EMITS_SECOND), database, env });
    await takesBoth.people('ana', ...FOLLOWERS);
  }, HOOK_MS);
  afterAll(async () => {
    await emitsSecond?.stop();
    await takesBoth?.stop();
  }, HOOK_MS);

  /** The catalogue of this tree, by which `drain` goes, has the first version alone. */
  const hasSettledSecond = async () => {
    const [open] = await emitsSecond.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM "user".outbox event CROSS JOIN (VALUES ('notification'), ('user')) AS route (consumer)
       WHERE type = '${V2}' AND NOT EXISTS (
         SELECT 1 FROM (
           SELECT 'notification' AS consumer, event_id, status FROM notification.ledger
           UNION ALL SELECT 'user', event_id, status FROM "user".ledger) ledger
         WHERE ledger.consumer = route.consumer AND ledger.event_id = event.id AND status <> 'trying')`,
    );
    return open?.n === 0;
  };

  it('are in flight together, and each person is told once of what stands', async () => {
    const [fickle = ''] = FOLLOWERS;
    for (const [index, follower] of FOLLOWERS.entries()) {
      const producer = index % 2 === 0 ? takesBoth : emitsSecond;
      expect((await (await producer.as(follower)).put('/v1/me/following/ana')).status).toBe(204);
    }
    // One relation told of in both versions: followed in the first, taken back, followed again in the second.
    const again = async (beckon: Beckon) => beckon.as(fickle);
    expect((await (await again(emitsSecond)).delete('/v1/me/following/ana')).status).toBe(204);
    expect((await (await again(emitsSecond)).put('/v1/me/following/ana')).status).toBe(204);
    await emitsSecond.drain();
    await until(hasSettledSecond);

    const types = await emitsSecond.database.query<{ type: string; n: number }>(
      `SELECT type, count(*)::int AS n FROM "user".outbox WHERE type LIKE 'user.followed.%' GROUP BY type ORDER BY type`,
    );
    expect(types).toEqual([
      { type: V1, n: 3 },
      { type: V2, n: 4 },
    ]);
    const { groups } = await wholeInbox(emitsSecond, 'ana');
    expect(groups.map(({ type, actorCount }) => [type, actorCount])).toEqual([['follow', FOLLOWERS.length]]);
    const { body } = await (await again(takesBoth)).get('/v1/me/activity');
    expect(body.activities.map(({ verb }: { verb: string }) => verb)).toEqual([
      'followed',
      'unfollowed',
      'followed',
    ]);
    expect(await inboxDifferences(emitsSecond.database)).toEqual([]);
    expect(await deadLetters(emitsSecond)).toEqual([]);
  });
});
