import type { Beckon } from '#testkit/beckon.js';

const LETTERS = ['notification', 'analytics', 'user']
  .map((service) => `SELECT queue, payload::jsonb AS event, error FROM "${service}".dead_letter`)
  .join(' UNION ALL ');

/** Every consumer's dead letters, and the event that each is about: queue, type and subject. */
export function lettersAbout(beckon: Beckon): Promise<{ about: string; error: string }[]> {
  return beckon.database.query(
    `SELECT concat_ws(' ', queue, event ->> 'type', event ->> 'subject') AS about, error FROM (${LETTERS}) letter`,
  );
}
