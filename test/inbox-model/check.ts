import { inboxDifferences } from '#testkit/recount.js';

import { NotificationsRepository } from '../../apps/notification/src/notifications/notifications.repository.js';
import type { Host } from './host.js';
import type { View } from './inbox.js';
import type { Model } from './model.js';

interface MemberRow {
  readonly act_id: string;
  readonly actor_id: string;
  readonly group_id: string;
  readonly active: boolean;
  readonly hidden: number;
  readonly activity_seq: number;
  readonly at: string;
}

interface Stored {
  readonly recipient_id: string;
  readonly seq: number;
  readonly members: MemberRow[];
}

/** Holds the inboxes of a model against what PostgreSQL keeps and what lists and badges show. */
export class Check {
  private readonly compared = new Map<string, string>();

  constructor(
    private readonly host: Host,
    private readonly model: Model,
  ) {}

  /**
   * Compares members, lists and badges of every inbox that has changed, here or there, and recounts all of them.
   * @throws when anything differs
   */
  async inboxes(): Promise<void> {
    const { people } = this.model;
    const stored = await this.host.database.query<Stored & Record<string, unknown>>(
      `SELECT recipient_id, seq::int, (
         SELECT jsonb_agg(to_jsonb(member)) FROM notification.member WHERE member.recipient_id = inbox_state.recipient_id
       ) AS members
       FROM notification.inbox_state WHERE recipient_id = ANY($1)`,
      [people],
    );
    const byId = new Map(stored.map((row) => [row.recipient_id, row]));
    for (const person of people) {
      const members = byId.get(person)?.members ?? [];
      this.join(person, members);
      const inbox = this.model.inboxOf(person);
      const now = JSON.stringify([byId.get(person)?.seq, inbox.shown(), inbox.badge()]);
      if (this.compared.get(person) !== now) await this.inbox(person, members);
      this.compared.set(person, now);
    }
    expect(await inboxDifferences(this.host.database, people)).toEqual([]);
  }

  /** Takes over from the database what is its to say: the names of groups, and when a member joined its group. */
  private join(person: string, rows: readonly MemberRow[]): void {
    const { members } = this.model.inboxOf(person);
    for (const row of rows) {
      const member = members.get(row.act_id);
      if (member === undefined || !member.joined) continue;
      member.joined = false;
      member.mark = row.activity_seq;
      member.group.id ??= row.group_id;
    }
  }

  private async inbox(person: string, rows: readonly MemberRow[]): Promise<void> {
    const inbox = this.model.inboxOf(person);
    const expected = [...inbox.members].map(([act, { group, active, mark, at }]) => ({
      act,
      group: group.id,
      active,
      mark,
      at,
    }));
    const members = rows.map((row) => ({
      act: row.act_id,
      group: row.group_id,
      active: row.active,
      mark: row.activity_seq,
      at: Date.parse(row.at),
    }));
    expect({ person, members: byAct(members) }).toEqual({ person, members: byAct(expected) });

    const list = this.host.app.get(NotificationsRepository);
    const [current, archived] = [
      await list.list(person, { state: 'all', limit: 100 }, undefined),
      await list.list(person, { state: 'archived', limit: 100 }, undefined),
    ];
    const groups = [...current.groups, ...archived.groups]
      .sort((a, b) => b.activity_seq - a.activity_seq)
      .map((group) => {
        const visible = rows.filter((row) => row.group_id === group.id && row.active && row.hidden === 0);
        const view: View = {
          type: group.type,
          subject: `${group.subject_kind}:${group.subject_id}`,
          actorIds: group.actor_ids,
          actorCount: group.actor_count,
          reactions: { ...group.reactions },
          read: group.read_at !== null,
          archived: group.archived_at !== null,
          seen: group.activity_seq <= current.state.seen_seq,
        };
        return {
          id: group.id,
          key: group.key,
          view,
          activitySeq: group.activity_seq,
          acts: group.act_count,
          actors: [...new Set(visible.map((row) => row.actor_id))].sort(),
        };
      });
    const shown = inbox.shown().map(({ group: { id, key }, ...others }) => ({ id, key, ...others }));
    expect({ person, groups }).toEqual({ person, groups: shown });
    const { unread, unseen } = await list.counts(person);
    expect({ person, unread, unseen }).toEqual({ person, ...inbox.badge() });
  }
}

function byAct<T extends { act: string }>(members: readonly T[]): T[] {
  return [...members].sort((a, b) => (a.act < b.act ? -1 : 1));
}
