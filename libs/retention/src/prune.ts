import type { Database, Statement } from '#database/database.js';

/** Deletes at most `limit` rows. `more`: there may be others to delete at once. */
export type Prune = (limit: number) => Promise<{ rows: number; more: boolean }>;

/**
 * For rows that may go as soon as they are old.
 * @param statement deletes at most `$1` rows and answers `rows`, how many these were; `values` are `$2` and on.
 */
export function pruneOldest(
  database: Database,
  statement: Statement,
  values: readonly unknown[] = [],
): Prune {
  return async (limit) => {
    const [row] = await database.query<{ rows: number }>(statement, [limit, ...values]);
    const rows = row?.rows ?? 0;
    return { rows, more: rows === limit };
  };
}

/** Before every UUID. */
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * For rows of which some may have to stay however old they are: goes over them by id, page by page, and begins anew
 * after the last page, so that what stays is looked at once a pass and never holds up what comes after it.
 * @param statement looks at the first `$1` old rows with an id above `$2` and deletes those that may go; answers
 * `seen`, how many it looked at, `last`, the last of their ids, and `rows`, how many it deleted; `values` are `$3` and on.
 */
export function prunePassing(database: Database, statement: Statement, values: readonly unknown[]): Prune {
  let after = FIRST;
  return async (limit) => {
    const [page] = await database.query<{ seen: number; last: string | null; rows: number }>(statement, [
      limit,
      after,
      ...values,
    ]);
    const more = page?.seen === limit;
    after = more ? (page.last ?? FIRST) : FIRST;
    return { rows: page?.rows ?? 0, more };
  };
}

/** SQL: the smallest UUIDv7 of a time (RFC 9562, 5.7). Ids below it were made before. */
export function firstIdAt(time: string): string {
  return `(lpad(to_hex((extract(epoch FROM ${time}) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;
}
