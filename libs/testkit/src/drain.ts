import { catalogue } from '#contracts/catalogue.js';
import type { TestDatabase } from '#testkit/database.js';
import { Wait } from '#testkit/wait.js';

const PRODUCERS = ['user', 'post', 'comment', 'reaction'];

const routes = Object.entries(catalogue)
  .flatMap(([type, consumers]) => consumers.map((consumer) => `('${type}','${consumer}')`))
  .join(',');

/** Events that a consumer has not settled, and audiences that are not fully told: the truth, from PostgreSQL. */
const OPEN_WORK = `
  WITH event AS (${PRODUCERS.map((producer) => `SELECT id, type FROM "${producer}".outbox`).join(' UNION ALL ')}),
  settled AS (
    ${['notification', 'analytics', 'user']
      .map(
        (consumer) =>
          `SELECT '${consumer}' AS consumer, event_id FROM "${consumer}".ledger WHERE status <> 'trying'`,
      )
      .join(' UNION ALL ')})
  SELECT
    (SELECT count(*) FROM event JOIN (VALUES ${routes}) AS route (type, consumer) USING (type)
     WHERE NOT EXISTS (
       SELECT 1 FROM settled WHERE settled.consumer = route.consumer AND settled.event_id = event.id))::int AS events,
    (SELECT count(*) FROM notification.fan_out WHERE done_at IS NULL AND died_at IS NULL)::int AS "fanOuts"`;

/** What is known of some of those events, for whoever has to find out. */
const EXAMPLES = `
  SELECT open.*, ledger.* FROM (
    ${PRODUCERS.map(
      (producer) => `
        SELECT event.id AS event_id, route.consumer, dispatches, due_at - now() AS "dueIn"
        FROM "${producer}".outbox event JOIN (VALUES ${routes}) AS route (type, consumer) USING (type)
        LEFT JOIN "${producer}".delivery ON delivery.event_id = event.id AND delivery.consumer = route.consumer`,
    ).join(' UNION ALL ')}
  ) open
  LEFT JOIN LATERAL (
    ${['notification', 'analytics', 'user']
      .map(
        (consumer) => `SELECT status, attempts, error FROM "${consumer}".ledger
          WHERE open.consumer = '${consumer}' AND ledger.event_id = open.event_id`,
      )
      .join(' UNION ALL ')}
  ) ledger ON true
  WHERE status IS NULL OR status = 'trying' LIMIT 3`;

/**
 * Waits until everything that was accepted has had its whole effect.
 * @param isStill whether nothing moves any more: what is open then is not waited for
 * @throws when it has not within `ms`, or will not
 */
export async function drain(
  database: TestDatabase,
  ms = 30_000,
  isStill: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<void> {
  const wait = new Wait(ms);
  for (;;) {
    const askedAt = performance.now();
    // Before the look at what is open, so that nothing that moved last is taken for open.
    const still = await isStill();
    const [open] = await database.query<{ events: number; fanOuts: number }>(OPEN_WORK, [], 'open-work');
    if (open?.events === 0 && open.fanOuts === 0) return;
    if (still || wait.isOver) {
      const found = { ...open, examples: await database.query(EXAMPLES) };
      throw new Error(`not drained after ${Math.round(wait.ms)} ms: ${JSON.stringify(found)}`);
    }
    // After a large load asking is work too, and must not be most of what PostgreSQL does.
    await wait.rest(2 * (performance.now() - askedAt));
  }
}
