import type { Beckon } from '#testkit/beckon.js';
import { until } from '#testkit/until.js';

const LIMIT_MS = 60_000;

/** Waits until the notification consumer settles something. @returns how long that took, in ms @throws after a minute */
export async function untilItConsumes(beckon: Beckon): Promise<number> {
  const settled = async () =>
    (await beckon.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM notification.ledger`))[0]
      ?.n ?? 0;
  const [before, askedAt] = [await settled(), performance.now()];
  await until(async () => (await settled()) > before, LIMIT_MS);
  return performance.now() - askedAt;
}
