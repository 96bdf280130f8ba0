import type { Beckon } from '#testkit/beckon.js';
import { wholeInbox } from '#testkit/inbox-reading.js';
import { pages } from '#testkit/pages.js';
import type { InboxGroup } from '#testkit/person.js';
import type { Random } from '#testkit/random.js';

import type { Told, Truth } from './truth.js';

/** How the inboxes differ from what must stand. */
export interface Differences {
  missing: number;
  doubled: number;
  phantom: number;
  /** Badges that are not the number of unread groups in the list. */
  badge: number;
  /** The first few, in words. */
  readonly examples: string[];
}

const EXAMPLES = 5;
const ROWS = 20_000;
const READERS = 4;
/** More inboxes than this are not read over the API, but picked from. */
const INBOXES = 2_000;

/** Compares every member in the notification database with what must stand. */
export async function compareMembers(beckon: Beckon, truth: Truth): Promise<Differences> {
  const differences = none();
  const found = new Map<string, number>();
  for await (const row of members(beckon)) {
    const key = `${row.recipient} ${row.act}`;
    const expected = truth.inbox(row.recipient).get(row.act);
    const times = (found.get(key) ?? 0) + 1;
    found.set(key, times);
    if (times > 1) note(differences, 'doubled', key);
    else if (expected === undefined) note(differences, 'phantom', key);
    else if (expected.reaction !== row.reaction || expected.actor !== row.actor)
      note(differences, 'missing', `${key}: ${row.actor} ${row.reaction} and not ${expected.reaction}`);
  }
  for (const recipient of truth.recipients()) {
    for (const act of truth.inbox(recipient).keys())
      if (!found.has(`${recipient} ${act}`)) note(differences, 'missing', `${recipient} ${act}`);
  }
  return differences;
}

/**
 * Compares the inboxes as their owners see them over the API: every group of everybody (of 2,000 of them) with its counts, and all actors
 * of `samples` groups.
 */
export async function compareInboxes(
  beckon: Beckon,
  truth: Truth,
  samples: number,
  random: Random,
): Promise<Differences> {
  const differences = none();
  const all = truth.recipients();
  const recipients = all.filter(() => random.next() < INBOXES / all.length);
  const groups = recipients.reduce((sum, recipient) => sum + groupsOf(truth.inbox(recipient)).size, 0);
  const part = samples / Math.max(1, groups);
  let next = 0;
  const read = async () => {
    for (let recipient = recipients[next++]; recipient !== undefined; recipient = recipients[next++])
      await compareInbox(beckon, recipient, truth.inbox(recipient), differences, () => random.next() < part);
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return differences;
}

async function compareInbox(
  beckon: Beckon,
  recipient: string,
  inbox: ReadonlyMap<string, Told>,
  differences: Differences,
  isSample: () => boolean,
): Promise<void> {
  const { groups, counts } = await wholeInbox(beckon, recipient);
  const unread = groups.filter(({ readAt }) => readAt === null).length;
  if (counts.unread !== unread)
    note(differences, 'badge', `${recipient}: ${counts.unread} and not ${unread}`);
  const expected = groupsOf(inbox);
  const seen = new Set<string>();
  for (const group of groups) {
    const key = keyOf(group, recipient);
    const actors = expected.get(key);
    if (seen.has(key)) note(differences, 'doubled', `${recipient}: two groups ${key}`);
    else if (actors === undefined) note(differences, 'phantom', `${recipient}: group ${key}`);
    else {
      compareCount(differences, `${recipient}: ${key}`, actors.size, group.actorCount);
      compareReactions(differences, `${recipient}: ${key}`, actors, group.reactions);
      if (isSample()) await compareActors(beckon, recipient, group, actors, differences);
    }
    seen.add(key);
  }
  for (const key of expected.keys())
    if (!seen.has(key)) note(differences, 'missing', `${recipient}: group ${key}`);
}

async function compareActors(
  beckon: Beckon,
  recipient: string,
  group: InboxGroup,
  expected: ReadonlyMap<string, string | null>,
  differences: Differences,
): Promise<void> {
  const path = `/v1/notifications/${group.id}/actors`;
  const { rows } = await pages<{ userId: string }>((await beckon.as(recipient)).get, path, 'actors');
  const listed = new Set<string>();
  for (const { userId } of rows) {
    if (listed.has(userId)) note(differences, 'doubled', `${recipient}: ${userId} twice in ${group.type}`);
    else if (!expected.has(userId)) note(differences, 'phantom', `${recipient}: ${userId} in ${group.type}`);
    listed.add(userId);
  }
  for (const actor of expected.keys())
    if (!listed.has(actor)) note(differences, 'missing', `${recipient}: ${actor} in ${group.type}`);
}

/** Groups with their actors and what each reacted with. */
function groupsOf(inbox: ReadonlyMap<string, Told>): Map<string, Map<string, string | null>> {
  const groups = new Map<string, Map<string, string | null>>();
  for (const { group, actor, reaction } of inbox.values()) {
    const actors = groups.get(group) ?? new Map<string, string | null>();
    groups.set(group, actors.set(actor, reaction));
  }
  return groups;
}

function keyOf({ type, subject, actorIds }: InboxGroup, recipient: string): string {
  if (type === 'post') return `post ${actorIds[0]}`;
  return `${type} ${type === 'follow' ? recipient : subject.id}`;
}

function compareCount(differences: Differences, where: string, expected: number, found: number): void {
  if (found < expected) note(differences, 'missing', `${where}: ${found} of ${expected} actors`);
  if (found > expected) note(differences, 'phantom', `${where}: ${found} actors and not ${expected}`);
}

function compareReactions(
  differences: Differences,
  where: string,
  actors: ReadonlyMap<string, string | null>,
  found: Readonly<Record<string, number>>,
): void {
  const expected: Record<string, number> = {};
  for (const reaction of actors.values())
    if (reaction !== null) expected[reaction] = (expected[reaction] ?? 0) + 1;
  for (const type of new Set([...Object.keys(expected), ...Object.keys(found)]))
    compareCount(differences, `${where} ${type}`, expected[type] ?? 0, found[type] ?? 0);
}

interface MemberRow {
  readonly recipient: string;
  readonly act: string;
  readonly actor: string;
  readonly reaction: string | null;
}

/** All visible members, some at a time; by place in the table, so that a row that is there twice is read twice. */
async function* members(beckon: Beckon): AsyncGenerator<MemberRow> {
  const [table] = await beckon.database.query<{ blocks: number }>(
    `SELECT (pg_relation_size('notification.member') / current_setting('block_size')::int)::int AS blocks`,
  );
  const blocks = Math.ceil(ROWS / 50);
  for (let block = 0; block <= (table?.blocks ?? 0); block += blocks) {
    yield* await beckon.database.query<{ [K in keyof MemberRow]: MemberRow[K] }>(
      `SELECT recipient_id AS recipient, act_id AS act, actor_id AS actor, reaction FROM notification.member
       WHERE active AND hidden = 0 AND ctid >= $1::tid AND ctid < $2::tid`,
      [`(${block},0)`, `(${block + blocks},0)`],
    );
  }
}

function none(): Differences {
  return { missing: 0, doubled: 0, phantom: 0, badge: 0, examples: [] };
}

function note(
  differences: Differences,
  kind: 'missing' | 'doubled' | 'phantom' | 'badge',
  what: string,
): void {
  differences[kind]++;
  if (differences.examples.length < EXAMPLES) differences.examples.push(`${kind}: ${what}`);
}
