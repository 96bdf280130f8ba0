import { consumers } from '#contracts/catalogue.js';
import type { Database, Statement } from '#database/database.js';
import { firstIdAt, type Prune, prunePassing } from '#retention/prune.js';

/**
 * Deliveries are written with their event, so one without any is settled everywhere. An operator may owe events anew
 * (docs/runbooks/owe-again.sql), but only those that are still here.
 */
const PRUNE: Statement = {
  name: 'outbox-prune',
  text: `
    WITH page AS (
      SELECT id FROM outbox
      WHERE id > $2 AND id < ${firstIdAt('now() - make_interval(days => $3)')}
      ORDER BY id LIMIT $1
    ), gone AS (
      DELETE FROM outbox USING page
      WHERE outbox.id = page.id AND NOT EXISTS (
        SELECT 1 FROM delivery WHERE delivery.consumer = ANY($4::text[]) AND delivery.event_id = outbox.id)
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM page) AS seen, (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last,
      (SELECT count(*) FROM gone) AS rows`,
};

/** Forgets events after so many days, but none that a consumer has not settled. */
export function pruneOutbox(database: Database, days: number): Prune {
  return prunePassing(database, PRUNE, [days, consumers]);
}
