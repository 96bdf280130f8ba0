import { LEDGER_RETENTION_DAYS } from '#consumer/envelope.js';
import type { Database, Statement } from '#database/database.js';
import { firstIdAt, type Prune, prunePassing } from '#retention/prune.js';

/** Kept a day longer than events are taken, for clocks differ and a transaction may be under way. */
export const KEPT_DAYS = LEDGER_RETENTION_DAYS + 1;

/** What is tried, waits to be redriven or has a dead letter stays; so does what was only settled of late. */
const PRUNE: Statement = {
  name: 'ledger-prune',
  text: `
    WITH page AS (
      SELECT event_id AS id FROM ledger
      WHERE event_id > $2 AND event_id < ${firstIdAt('now() - make_interval(days => $3)')}
      ORDER BY event_id LIMIT $1
    ), gone AS (
      DELETE FROM ledger USING page
      WHERE ledger.event_id = page.id AND ledger.updated_at < now() - make_interval(days => $3)
        AND (ledger.status = 'done' OR ledger.status = 'dead' AND NOT EXISTS (
          SELECT 1 FROM dead_letter WHERE dead_letter.event_id = ledger.event_id))
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM page) AS seen, (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last,
      (SELECT count(*) FROM gone) AS rows`,
};

/** Forgets events that are settled and so old that they would not be applied if they came again. */
export function pruneLedger(database: Database): Prune {
  return prunePassing(database, PRUNE, [KEPT_DAYS]);
}
