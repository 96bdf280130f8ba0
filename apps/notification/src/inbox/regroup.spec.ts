import fc from 'fast-check';

import type { Act } from './act.js';
import { COLLECTS_MS, type Group, type InboxState, isUnread, isUnseen } from './group.js';
import { isVisible, type Member } from './member.js';
import { commentPlacements, reactionPlacements } from './placement.js';
import { Reason } from './reasons.js';
import { type DecidedChange, type GroupTop, recount, regroup } from './regroup.js';
import { type Change, settleMember } from './settle-member.js';

const START = Date.parse('2026-11-20T10:00:00Z');

/** Ana's inbox in memory, changed as the writer changes the real one. */
class Inbox {
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
    const written = recount(regrouping, states, tops, others);
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

const reaction = (actor: string, type: string, version = 1): Change => ({
  kind: 'tell',
  recipientId: 'ana',
  act: act(`reaction:${actor}`, actor, version, type),
  reasons: Reason.reaction,
});
const comment = (id: string, actor: string, reasons: number = Reason.comment, version = 1): Change => ({
  kind: 'tell',
  recipientId: 'ana',
  act: act(`comment:${id}`, actor, version, null),
  reasons,
});
const unmention = (id: string, actor: string, version: number): Change => ({
  kind: 'unmention',
  recipientId: 'ana',
  act: act(`comment:${id}`, actor, version, null),
});
const retract = (actId: string, version = 9): Change => ({
  kind: 'retract',
  recipientId: 'ana',
  actId,
  version,
});
const rehide = (actId: string): Change => ({ kind: 'rehide', recipientId: 'ana', actId });

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

function only(inbox: Inbox): Group {
  const groups = [...inbox.groups.values()].filter((group) => group.actor_count > 0);
  if (groups.length !== 1) throw new Error(`${groups.length} groups`);
  return groups[0] as Group;
}

describe('grouping', () => {
  it('gathers reactions of one go under one number, and later ones under a later', () => {
    const inbox = new Inbox();
    inbox.apply([reaction('ben', 'like'), reaction('cy', 'love')]);
    const first = only(inbox);
    expect(first).toMatchObject({ actor_count: 2, reactions: { like: 1, love: 1 }, seq: 1, activity_seq: 1 });
    inbox.apply([reaction('dee', 'like')]);
    expect(only(inbox)).toMatchObject({
      id: first.id,
      actor_count: 3,
      reactions: { like: 2, love: 1 },
      activity_seq: 2,
    });
    expect(only(inbox).actor_ids[0]).toBe('dee');
    expect(inbox.state).toMatchObject({ unread: 1, unseen: 1 });
  });

  it('counts several acts of one actor once', () => {
    const inbox = new Inbox();
    inbox.apply([comment('c1', 'ben'), comment('c2', 'ben')]);
    inbox.apply([comment('c3', 'ben'), comment('c4', 'cy')]);
    expect(only(inbox)).toMatchObject({ actor_count: 2, act_count: 4 });
    inbox.apply([retract('comment:c1'), retract('comment:c3')]);
    expect(only(inbox)).toMatchObject({ actor_count: 2, act_count: 2 });
    inbox.apply([retract('comment:c2')]);
    expect(only(inbox)).toMatchObject({ actor_count: 1, act_count: 1, actor_ids: ['cy'] });
  });

  it('changes a tally without growth', () => {
    const inbox = new Inbox();
    inbox.apply([reaction('ben', 'like')]);
    Object.assign(inbox.state, { seen_seq: inbox.state.seq });
    inbox.state.unseen = 0;
    inbox.apply([reaction('ben', 'love', 2)]);
    expect(only(inbox)).toMatchObject({ reactions: { love: 1 }, activity_seq: 1, seq: 2 });
    expect(inbox.state.unseen).toBe(0);
  });

  it('goes back to where it was when the newest is taken back', () => {
    const inbox = new Inbox();
    inbox.apply([reaction('ben', 'like')]);
    Object.assign(inbox.state, { seen_seq: 1 });
    inbox.state.unseen = 0;
    inbox.apply([reaction('cy', 'like')]);
    expect(inbox.state).toMatchObject({ unread: 1, unseen: 1 });
    inbox.apply([retract('reaction:cy')]);
    expect(only(inbox)).toMatchObject({ activity_seq: 1, actor_ids: ['ben'] });
    expect(inbox.state).toMatchObject({ unread: 1, unseen: 0 });
  });

  it('leaves a tombstone with a number when the last one goes, and nothing unread', () => {
    const inbox = new Inbox();
    inbox.apply([reaction('ben', 'like')]);
    const [tombstone] = inbox.apply([retract('reaction:ben')]);
    expect(tombstone).toMatchObject({ actor_count: 0, reactions: {}, actor_ids: [], seq: 2 });
    expect(inbox.state).toMatchObject({ unread: 0, unseen: 0 });
  });

  it.each(['read_at', 'archived_at'] as const)('begins another group once one has %s', (how) => {
    const inbox = new Inbox();
    inbox.apply([reaction('ben', 'like')]);
    const first = only(inbox);
    inbox.close(first.id, how);
    inbox.apply([reaction('cy', 'like')]);
    expect(inbox.groups.get(first.id)).toMatchObject({ actor_count: 1 });
    expect([...inbox.groups.values()].map((group) => group.actor_ids)).toEqual([['ben'], ['cy']]);
    expect(inbox.state.unread).toBe(1);
  });

  it.each([
    [COLLECTS_MS - 1, 1],
    [COLLECTS_MS, 2],
  ])('has, %i ms after the first, %i groups', (ms, count) => {
    const inbox = new Inbox();
    inbox.apply([reaction('ben', 'like')]);
    inbox.now = new Date(START + ms);
    inbox.apply([reaction('cy', 'like')]);
    expect(inbox.groups.size).toBe(count);
    expect([...inbox.groups.values()].filter((group) => group.closed_at === null)).toHaveLength(1);
  });

  it('closes what has collected long enough also when one of its own changes in the same go', () => {
    for (const turn of [0, 1]) {
      const inbox = new Inbox();
      inbox.apply([reaction('ben', 'like')]);
      inbox.now = new Date(START + COLLECTS_MS);
      const changes = [reaction('cy', 'like'), reaction('ben', 'love', 2)];
      inbox.apply(turn === 0 ? changes : changes.toReversed());
      const [first, second] = [...inbox.groups.values()];
      expect(first).toMatchObject({ actor_ids: ['ben'], reactions: { love: 1 } });
      expect(first?.closed_at).not.toBeNull();
      expect(second).toMatchObject({ actor_ids: ['cy'], closed_at: null });
    }
  });

  it('writes what is hidden and shows nothing of it, until it is not hidden any more', () => {
    const inbox = new Inbox();
    inbox.apply([reaction('ben', 'like')], { ben: 1 });
    const [group] = inbox.groups.values();
    expect(group).toMatchObject({ actor_count: 0, act_count: 0, reactions: {} });
    expect(inbox.state).toMatchObject({ unread: 0, unseen: 0 });
    inbox.apply([rehide('reaction:ben')]);
    expect(only(inbox)).toMatchObject({ actor_count: 1, reactions: { like: 1 }, actor_ids: ['ben'] });
    expect(inbox.state).toMatchObject({ unread: 1, unseen: 1 });
  });

  it('moves an act from group to group when its reason changes', () => {
    const inbox = new Inbox();
    inbox.apply([comment('c1', 'ben'), comment('c2', 'cy')]);
    inbox.apply([comment('c1', 'ben', Reason.mention, 2)]);
    const byType = () =>
      Object.fromEntries([...inbox.groups.values()].map((group) => [group.type, group.actor_ids]));
    expect(byType()).toEqual({ comment: ['cy'], mention: ['ben'] });
    inbox.apply([unmention('c1', 'ben', 3)]);
    expect(byType()).toEqual({ comment: ['ben', 'cy'], mention: [] });
    expect(inbox.state.unread).toBe(1);
  });

  it('refuses to touch an inbox that is not locked', () => {
    const decided = new Inbox();
    expect(() =>
      regroup(
        [{ change: reaction('ben', 'like'), before: undefined, settled: settled(), hidden: 0 }],
        new Map(),
        decided.groups,
        new Map(),
        decided.now,
        () => 'g',
      ),
    ).toThrow('not locked');
  });
});

function settled() {
  const decided = settleMember(reaction('ben', 'like'), undefined, new Map(), new Date(START));
  if (decided === undefined) throw new Error('nothing was decided');
  return decided;
}

describe('counting', () => {
  const actors = ['ben', 'cy', 'dee', 'eli', 'fay'];
  const actor = fc.constantFrom(...actors);
  const commentId = fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5', 'c6');
  const authorOf = (id: string) => actors[Number(id.slice(1)) % 3] as string;
  const version = fc.integer({ min: 1, max: 6 });
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.tuple(actor, fc.constantFrom('like', 'love', 'wow'), version).map((args) => reaction(...args)),
    fc.tuple(actor, version).map(([who, at]) => retract(`reaction:${who}`, at)),
    fc
      .tuple(commentId, fc.constantFrom(Reason.comment, Reason.mention, Reason.thread, 20), version)
      .map(([id, reasons, at]) => comment(id, authorOf(id), reasons, at)),
    fc.tuple(commentId, version).map(([id, at]) => unmention(id, authorOf(id), at)),
    fc.tuple(commentId, version).map(([id, at]) => retract(`comment:${id}`, at)),
    commentId.map((id) => rehide(`comment:${id}`)),
    actor.map((who) => rehide(`reaction:${who}`)),
  );
  const step = fc.record({
    changes: fc.uniqueArray(change, {
      minLength: 1,
      maxLength: 4,
      selector: (one) => ('act' in one ? one.act.id : one.actId),
    }),
    muted: fc.subarray(actors, { maxLength: 2 }),
    next: fc.constantFrom('nothing', 'nothing', 'read', 'archive', 'see', 'a day'),
  });

  it('by differences gives what a recount gives, in any sequence', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (sequence) => {
        const inbox = new Inbox();
        for (const { changes, muted, next } of sequence) {
          inbox.apply(changes, Object.fromEntries(muted.map((who) => [who, 1])));
          const newest = [...inbox.groups.values()].at(-1);
          if (next === 'read' && newest !== undefined) inbox.close(newest.id, 'read_at');
          if (next === 'archive' && newest !== undefined) inbox.close(newest.id, 'archived_at');
          if (next === 'a day') inbox.now = new Date(inbox.now.getTime() + COLLECTS_MS);
          if (next === 'see') {
            Object.assign(inbox.state, { seen_seq: inbox.state.seq, unseen: 0 });
          }
          expectRecount(inbox);
        }
      }),
      { numRuns: 300 },
    );
  });

  function expectRecount(inbox: Inbox): void {
    const groups = [...inbox.groups.values()];
    for (const group of groups) {
      const visible = inbox.visible(group.id);
      const reactions: Record<string, number> = {};
      for (const { reaction: type } of visible)
        if (type !== null) reactions[type] = (reactions[type] ?? 0) + 1;
      expect(group).toMatchObject({
        actor_count: new Set(visible.map((member) => member.actor_id)).size,
        act_count: visible.length,
        actor_ids: inbox.topOf(group.id).actor_ids,
        reactions,
      });
      expect(group.reactions).toEqual(reactions);
      if (visible.length > 0) expect(group.activity_seq).toBe(visible[0]?.activity_seq);
      expect(group.seq).toBeLessThanOrEqual(inbox.state.seq);
    }
    expect(inbox.state.unread).toBe(groups.filter(isUnread).length);
    expect(inbox.state.unseen).toBe(groups.filter((group) => isUnseen(group, inbox.state.seen_seq)).length);
    const openKeys = groups.filter((group) => group.closed_at === null).map((group) => group.key);
    expect(new Set(openKeys).size).toBe(openKeys.length);
  }
});
