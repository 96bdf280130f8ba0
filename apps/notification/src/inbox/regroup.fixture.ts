import type { Act } from './act.js';
import { type Group, type InboxState, isUnread, isUnseen } from './group.js';
import { isVisible, type Member } from './member.js';
import { commentPlacements, reactionPlacements } from './placement.js';
import { Reason } from './reasons.js';
import { countActors, type DecidedChange, type GroupTop, recount, regroup } from './regroup.js';
import { type Change, settleMember } from './settle-member.js';

export const START = Date.parse('2026-11-20T10:00:00Z');

/** Ana's inbox in memory, changed as the writer changes the real one. */
export class Inbox {
  readonly members = new Map<string, Member>();
  readonly groups = new Map<string, Group>();
  readonly state: InboxState = { recipient_id: 'ana', seq: 0, seen_seq: 0, unread: 0, unseen: 0 };
  now = new Date(START);
  private ids = 0;

  /** Applies changes of different acts in one go. @param hidden what hides each actor's acts, as bits. */
  apply(changes: readonly Change[], hidden: Readonly<Record<string, number>> = {}): Group[] {
    const decided = changes.flatMap((change): DecidedChange[] => {
      const act = 'act' in change ? change.act : undefined;
      const before = this.members.get(act?.id ?? ('actId' in change ? change.actId : ''));
      const settled = settleMember(change, before, new Map(), this.now);
      const bits = hidden[before?.actor_id ?? act?.actorId ?? ''] ?? 0;
      return settled === undefined ? [] : [{ change, before, settled, hidden: bits }];
    });
    const states = new Map([['ana', this.state]]);
    const open = [...this.groups.values()].filter((group) => group.closed_at === null);
    const collecting = new Map(open.map((group) => [`ana ${group.key}`, group]));
    const regrouping = regroup(decided, states, this.groups, collecting, this.now, () => `g${++this.ids}`);
    const changed = new Set(regrouping.transitions.map(({ after }) => after.act_id));
    for (const { after } of regrouping.transitions) this.members.set(after.act_id, after);
    const others = new Set(
      [...this.members.values()]
        .filter((member) => isVisible(member) && !changed.has(member.act_id))
        .map((member) => `${member.group_id} ${member.actor_id}`),
    );
    const tops = new Map([...regrouping.groups.keys()].map((id) => [id, this.topOf(id)]));
    const written = recount(regrouping, states, tops, countActors(regrouping, others));
    for (const group of written) this.groups.set(group.id, group);
    return written;
  }

  close(id: string, how: 'read_at' | 'archived_at'): void {
    const before = this.groups.get(id);
    if (before === undefined || before.actor_count === 0) return;
    const after = { ...before, [how]: this.now, closed_at: this.now };
    this.state.unread += Number(isUnread(after)) - Number(isUnread(before));
    this.state.unseen +=
      Number(isUnseen(after, this.state.seen_seq)) - Number(isUnseen(before, this.state.seen_seq));
    this.groups.set(id, after);
  }

  visible(groupId: string): Member[] {
    return [...this.members.values()]
      .filter((member) => member.group_id === groupId && isVisible(member))
      .sort((a, b) => b.activity_seq - a.activity_seq || (b.act_id < a.act_id ? -1 : 1));
  }

  topOf(groupId: string): GroupTop {
    const visible = this.visible(groupId);
    const [newest] = visible;
    return {
      recipient_id: 'ana',
      group_id: groupId,
      actor_ids: [...new Set(visible.map((member) => member.actor_id))].slice(0, 3),
      activity_seq: newest?.activity_seq ?? null,
      latest_at: newest === undefined ? null : new Date(newest.at),
      subject_id: newest?.subject_id ?? null,
    };
  }
}

export const reaction = (actor: string, type: string, version = 1): Change => ({
  kind: 'tell',
  recipientId: 'ana',
  act: act(`reaction:${actor}`, actor, version, type),
  reasons: Reason.reaction,
});
export const comment = (
  id: string,
  actor: string,
  reasons: number = Reason.comment,
  version = 1,
): Change => ({
  kind: 'tell',
  recipientId: 'ana',
  act: act(`comment:${id}`, actor, version, null),
  reasons,
});
export const unmention = (id: string, actor: string, version: number): Change => ({
  kind: 'unmention',
  recipientId: 'ana',
  act: act(`comment:${id}`, actor, version, null),
});
export const retract = (actId: string, version = 9): Change => ({
  kind: 'retract',
  recipientId: 'ana',
  actId,
  version,
});
export const rehide = (actId: string): Change => ({ kind: 'rehide', recipientId: 'ana', actId });

function act(id: string, actorId: string, version: number, type: string | null): Act {
  const placements =
    type === null
      ? commentPlacements(id.slice('comment:'.length), 'p1', null)
      : reactionPlacements('post', 'p1');
  return {
    id,
    actorId,
    version,
    at: new Date(START).toISOString(),
    postId: 'p1',
    reaction: type,
    placements,
  };
}
