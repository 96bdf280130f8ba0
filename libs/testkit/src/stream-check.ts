import type { Beckon } from '#testkit/beckon.js';
import { wholeInbox } from '#testkit/inbox-reading.js';
import type { InboxGroup } from '#testkit/person.js';
import type { ResumingReader } from '#testkit/resuming-reader.js';

/**
 * What a reader's stream missed, repeated or brought in a wrong order, held against the list and the database; empty
 * when all is well. Waits until the stream has brought all there is; call it after `drain()`.
 */
export async function streamDifferences(beckon: Beckon, reader: ResumingReader): Promise<string[]> {
  const { userId } = reader;
  const { groups, counts } = await wholeInbox(beckon, userId);
  await reader.caughtUp(counts.seq).catch(() => undefined);
  const wrong: string[] = [];
  const heard = reader.heard();
  const latest = new Map<string, number>();
  let before = reader.startedAt;
  for (const { event, id, data } of heard) {
    if (event === 'reset') wrong.push(`${userId}: reset at ${id}`);
    if (id <= before) wrong.push(`${userId}: ${event} ${id} after ${before}`);
    before = id;
    if (event === 'group') latest.set(data.group.id as string, id);
    if (event === 'removed') latest.set(data.id as string, id);
  }
  if (before < counts.seq) wrong.push(`${userId}: ended at ${before} and not ${counts.seq}`);
  const changed = await beckon.database.query<{ id: string; seq: number }>(
    `SELECT id, seq::int FROM notification.inbox_group WHERE recipient_id = $1 AND seq > $2`,
    [userId, reader.startedAt],
  );
  for (const { id, seq } of changed)
    if (latest.get(id) !== seq) wrong.push(`${userId}: group ${id} as of ${latest.get(id)} and not ${seq}`);
  const [streamed, listed] = [reader.groups(), new Map(groups.map((group) => [group.id, group]))];
  for (const id of new Set([...streamed.keys(), ...listed.keys()]))
    if (bare(streamed.get(id)) !== bare(listed.get(id))) wrong.push(`${userId}: group ${id} differs`);
  const badge = reader.counts();
  if (badge.unread !== counts.unread || badge.unseen !== counts.unseen)
    wrong.push(`${userId}: badge ${badge.unread} and not ${counts.unread}`);
  return wrong;
}

/** A group without what a busy or restarting user service may leave out. */
function bare(group: InboxGroup | undefined): string {
  if (group === undefined) return 'none';
  const { title: _title, subject, ...rest } = group;
  const entries = Object.entries({ ...rest, subject: `${subject.kind} ${subject.id}` });
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
