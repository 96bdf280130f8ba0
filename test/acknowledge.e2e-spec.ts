import type { Fault } from '#faults/armed/fault-point.js';
import { Beckon } from '#testkit/beckon.js';
import { HandDelivery } from '#testkit/hand-delivery.js';
import type { HandMadeEvent } from '#testkit/hand-made-event.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { Person } from '#testkit/person.js';
import { publish } from '#testkit/publish.js';

/** Every row that consumers own, with the transaction that wrote it last. */
const ROWS = [
  'notification.member',
  'notification.inbox_group',
  'notification.inbox_state',
  'analytics.post_counter',
]
  .map(
    (table) =>
      `SELECT '${table}' AS name, xmin::text AS written_by, to_jsonb(t)::text AS content FROM ${table} t`,
  )
  .join(' UNION ALL ');

it('a process that is not started for it has no fault points, whatever its environment says', async () => {
  const faults: Fault[] = [{ at: 'ledger', does: 'kill' }];
  const beckon = await Beckon.start({ env: { BECKON_FAULTS: JSON.stringify(faults) } });
  try {
    await beckon.people('ana');
    await publish(beckon, 'ana', ['p1']);
    await beckon.drain();
    expect(beckon.isRunning).toBe(true);
  } finally {
    await beckon.stop();
  }
});

describe('a consumer that ends between its commit and the acknowledgement of the job', () => {
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start({ faults: [] });
    await beckon.people('ana', 'ben');
    await publish(beckon, 'ana', ['p1']);
    await beckon.drain();
  });
  afterAll(() => beckon?.stop());

  it.each(['commit', 'acknowledge'] as const)(
    'at its %s: run again, the job changes no row',
    async (at) => {
      const ana = new Person('ana', 'ana', await beckon.as('ana'));
      const ben = new Person('ben', 'ben', await beckon.as('ben'));
      beckon.arm({ at, does: 'kill', about: '"subjectAuthorId":"ana"' });
      await ben.react('posts/p1', at === 'commit' ? 'like' : 'love');
      await beckon.ended;
      await beckon.run();
      await beckon.drain(60_000);
      const before = await beckon.database.query(`${ROWS} ORDER BY 1, 3`);

      const told = await beckon.database.query<{ payload: HandMadeEvent }>(
        `SELECT payload FROM reaction.outbox ORDER BY created_at DESC LIMIT 1`,
      );
      const again = HandDelivery.open(beckon);
      const events = told.map(({ payload }) => payload);
      // As it was, and as the one to whom it falls to take over a stalled job finds it: behind others and twice.
      await again.deliver(events, [...events, ...events]);
      await again.close();

      expect(await beckon.database.query(`${ROWS} ORDER BY 1, 3`)).toEqual(before);
      expect(before.length).toBeGreaterThan(3);
      expect((await ana.onlyGroup()).actorCount).toBe(1);
      expect(await deadLetters(beckon)).toEqual([]);
    },
    90_000,
  );
});
