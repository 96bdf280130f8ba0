import { Injectable } from '@nestjs/common';

import type { Statement, Transaction } from '#database/database.js';

import type { Group, InboxState } from './group.js';
import { Hidden, RELATION_BITS } from './hiding.js';
import type { Member } from './member.js';
import type { GroupTop, Transition } from './regroup.js';

const ENSURE_STATES: Statement = {
  name: 'inbox-ensure',
  text: `
    INSERT INTO inbox_state (recipient_id) SELECT id FROM unnest($1::text[]) AS id ORDER BY id
    ON CONFLICT DO NOTHING`,
};

const LOCK_STATES: Statement = {
  name: 'inbox-lock',
  text: `
    SELECT recipient_id, seq, seen_seq, unread, unseen, clock_timestamp() AS now
    FROM inbox_state WHERE recipient_id = ANY($1::text[]) ORDER BY recipient_id FOR UPDATE`,
};

/** A member of a group that retention has taken is not there, though it may still be to delete (`pruned_group`). */
const LOAD_MEMBERS: Statement = {
  name: 'inbox-load-members',
  text: `
    SELECT to_jsonb(member) AS member,
      coalesce((
        SELECT bit_or(${RELATION_BITS}) FROM relation
        WHERE relation.recipient_id = wanted.recipient_id
          AND relation.actor_id = coalesce(member.actor_id, wanted.actor_id)), 0)
      | CASE WHEN wanted.act_id LIKE 'comment:%' AND EXISTS (
          SELECT 1 FROM thread_mute
          WHERE thread_mute.recipient_id = wanted.recipient_id
            AND thread_mute.post_id = coalesce(member.post_id, wanted.post_id) AND thread_mute.muted)
        THEN ${Hidden.threadMute} ELSE 0 END AS hidden
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
      AS wanted (recipient_id, act_id, actor_id, post_id, ordinality)
    LEFT JOIN LATERAL (
      SELECT * FROM member
      WHERE recipient_id = wanted.recipient_id AND act_id = wanted.act_id AND (
        SELECT 1 FROM pruned_group
        WHERE pruned_group.recipient_id = member.recipient_id AND pruned_group.id = member.group_id LIMIT 1) IS NULL
      LIMIT 1) member ON true
    ORDER BY wanted.ordinality`,
};

const LOAD_GROUPS: Statement = {
  name: 'inbox-load-groups',
  text: `
    SELECT found.* FROM unnest($1::text[], $2::uuid[]) AS wanted (recipient_id, id),
      LATERAL (
        SELECT * FROM inbox_group WHERE recipient_id = wanted.recipient_id AND id = wanted.id LIMIT 1) found
    UNION
    SELECT found.* FROM unnest($3::text[], $4::text[]) AS wanted (recipient_id, key),
      LATERAL (
        SELECT * FROM inbox_group
        WHERE recipient_id = wanted.recipient_id AND key = wanted.key AND closed_at IS NULL LIMIT 1) found`,
};

const SAVE_MEMBERS: Statement = {
  name: 'inbox-save-members',
  text: `
    INSERT INTO member SELECT * FROM jsonb_populate_recordset(NULL::member, $1::jsonb)
    ON CONFLICT (recipient_id, act_id) DO UPDATE SET
      group_id = excluded.group_id, subject_kind = excluded.subject_kind, subject_id = excluded.subject_id,
      subject_act = excluded.subject_act, reasons = excluded.reasons, reaction = excluded.reaction,
      version = excluded.version, active = excluded.active, hidden = excluded.hidden,
      activity_seq = excluded.activity_seq, at = excluded.at, removed_at = excluded.removed_at`,
};

/** Members that join a group in one round of the writer share a number, hence the further keys. */
const NEWEST = `ORDER BY activity_seq DESC, at DESC, act_id DESC LIMIT 1`;
const VISIBLE = `recipient_id = wanted.recipient_id AND group_id = wanted.group_id AND active AND hidden = 0`;

/** Nobody is looked for who is known not to be there: it would be among all members of who is. */
const READ_TOPS: Statement = {
  name: 'inbox-read-tops',
  text: `
    SELECT wanted.recipient_id, wanted.group_id, array_remove(ARRAY[a.actor_id, b.actor_id, c.actor_id], NULL) AS actor_ids,
      a.activity_seq, a.at AS latest_at, a.subject_id
    FROM unnest($1::text[], $2::uuid[], $3::int[]) AS wanted (recipient_id, group_id, actors)
    LEFT JOIN LATERAL (
      SELECT actor_id, activity_seq, at, subject_id FROM member WHERE ${VISIBLE} ${NEWEST}) a ON true
    LEFT JOIN LATERAL (
      SELECT actor_id FROM member
      WHERE wanted.actors > 1 AND ${VISIBLE} AND actor_id <> a.actor_id ${NEWEST}) b ON true
    LEFT JOIN LATERAL (
      SELECT actor_id FROM member
      WHERE wanted.actors > 2 AND ${VISIBLE} AND actor_id NOT IN (a.actor_id, b.actor_id) ${NEWEST}) c ON true`,
};

/** Of each pair no more of its visible members are read than those that are known anyway, and one. */
const FIND_OTHERS: Statement = {
  name: 'inbox-find-others',
  text: `
    WITH known AS (
      SELECT member.recipient_id, member.group_id, member.actor_id, count(*) AS members
      FROM unnest($4::text[], $5::text[]) AS given (recipient_id, act_id)
      CROSS JOIN LATERAL (
        SELECT * FROM member WHERE recipient_id = given.recipient_id AND act_id = given.act_id LIMIT 1) member
      WHERE active AND hidden = 0
      GROUP BY member.recipient_id, member.group_id, member.actor_id
    )
    SELECT wanted.group_id || ' ' || wanted.actor_id AS pair
    FROM (
      SELECT DISTINCT * FROM unnest($1::text[], $2::uuid[], $3::text[]) AS pairs (recipient_id, group_id, actor_id)
    ) wanted
    LEFT JOIN known USING (recipient_id, group_id, actor_id)
    WHERE EXISTS (
      SELECT 1 FROM member WHERE ${VISIBLE} AND member.actor_id = wanted.actor_id OFFSET coalesce(known.members, 0))`,
};

/** Closing goes before opening: a recipient has one open group of a key at any moment. */
const SAVE_GROUPS: Statement = {
  name: 'inbox-save-groups',
  text: `
    INSERT INTO inbox_group
    SELECT * FROM jsonb_populate_recordset(
      jsonb_populate_record(NULL::inbox_group, jsonb_build_object('changed_at', now())), $1::jsonb)
    ORDER BY closed_at NULLS LAST
    ON CONFLICT (recipient_id, id) DO UPDATE SET
      subject_id = excluded.subject_id, actor_count = excluded.actor_count, act_count = excluded.act_count,
      actor_ids = excluded.actor_ids, reactions = excluded.reactions, seq = excluded.seq,
      activity_seq = excluded.activity_seq, closed_at = excluded.closed_at, first_at = excluded.first_at,
      latest_at = excluded.latest_at, read_at = excluded.read_at, archived_at = excluded.archived_at,
      changed_at = now()`,
};

const SAVE_STATES: Statement = {
  name: 'inbox-save-states',
  text: `
    UPDATE inbox_state SET seq = n.seq, unread = n.unread, unseen = n.unseen
    FROM unnest($1::text[], $2::bigint[], $3::int[], $4::int[]) AS n (recipient_id, seq, unread, unseen)
    WHERE inbox_state.recipient_id = n.recipient_id AND inbox_state.recipient_id = ANY($1::text[])`,
};

export interface WantedMember {
  readonly recipientId: string;
  readonly actId: string;
  readonly actorId: string | null;
  readonly postId: string | null;
}

/**
 * The inbox's tables. Rows of a batch are looked up by `LATERAL ... LIMIT 1`: a join may read all of a table for each.
 * Whoever changes them has locked the acts first and then the inboxes' states.
 */
@Injectable()
export class InboxRepository {
  /**
   * Creates the inboxes that do not exist yet, and locks all in order. A statement of its own before any that
   * reads: in one statement the snapshot would be older than the lock.
   */
  async lock(
    tx: Transaction,
    recipientIds: readonly string[],
  ): Promise<{ states: Map<string, InboxState>; now: Date }> {
    await tx.query(ENSURE_STATES, [recipientIds]);
    const rows = await tx.query<InboxState & { now: Date }>(LOCK_STATES, [recipientIds]);
    return { states: new Map(rows.map((row) => [row.recipient_id, row])), now: rows[0]?.now ?? new Date() };
  }

  /** For each wanted member, in order: the row if there is one, and what hides it now. */
  async loadMembers(
    tx: Transaction,
    wanted: readonly WantedMember[],
  ): Promise<{ member: Member | undefined; hidden: number }[]> {
    const rows = await tx.query<{ member: Member | null; hidden: number }>(LOAD_MEMBERS, [
      wanted.map(({ recipientId }) => recipientId),
      wanted.map(({ actId }) => actId),
      wanted.map(({ actorId }) => actorId),
      wanted.map(({ postId }) => postId),
    ]);
    return rows.map(({ member, hidden }) => ({ member: member ?? undefined, hidden }));
  }

  /** Groups by id, and the open ones by key. */
  loadGroups(
    tx: Transaction,
    ids: readonly { readonly recipientId: string; readonly id: string }[],
    keys: readonly { readonly recipientId: string; readonly key: string }[],
  ): Promise<Group[]> {
    return tx.query<Group>(LOAD_GROUPS, [
      ids.map(({ recipientId }) => recipientId),
      ids.map(({ id }) => id),
      keys.map(({ recipientId }) => recipientId),
      keys.map(({ key }) => key),
    ]);
  }

  async saveMembers(tx: Transaction, members: readonly Member[]): Promise<void> {
    await tx.query(SAVE_MEMBERS, [JSON.stringify(members)]);
  }

  /**
   * The newest visible members of groups, as they are after the members were written.
   * @param actorCounts how many distinct actors each group has now
   */
  async readTops(
    tx: Transaction,
    groups: readonly Group[],
    actorCounts: ReadonlyMap<string, number>,
  ): Promise<Map<string, GroupTop>> {
    const rows = await tx.query<GroupTop>(READ_TOPS, [
      groups.map((group) => group.recipient_id),
      groups.map((group) => group.id),
      groups.map((group) => actorCounts.get(group.id) ?? 0),
    ]);
    return new Map(rows.map((row) => [row.group_id, row]));
  }

  /**
   * Which actors (as `group actor`) of the given members have others that are visible in the same group. Another
   * recipient's member of an act says nothing of one's own.
   */
  async findOthers(
    tx: Transaction,
    members: readonly Member[],
    transitions: readonly Transition[],
  ): Promise<Set<string>> {
    const rows = await tx.query<{ pair: string }>(FIND_OTHERS, [
      members.map((member) => member.recipient_id),
      members.map((member) => member.group_id),
      members.map((member) => member.actor_id),
      transitions.map(({ after }) => after.recipient_id),
      transitions.map(({ after }) => after.act_id),
    ]);
    return new Set(rows.map(({ pair }) => pair));
  }

  async saveGroups(tx: Transaction, groups: readonly Group[]): Promise<void> {
    if (groups.length === 0) return;
    await tx.query(SAVE_GROUPS, [JSON.stringify(groups)]);
  }

  async saveStates(tx: Transaction, states: readonly InboxState[]): Promise<void> {
    await tx.query(SAVE_STATES, [
      states.map((state) => state.recipient_id),
      states.map((state) => state.seq),
      states.map((state) => state.unread),
      states.map((state) => state.unseen),
    ]);
  }
}
