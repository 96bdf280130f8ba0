import fc from 'fast-check';

import { COLLECTS_MS, isUnread, isUnseen } from './group.js';
import { Reason } from './reasons.js';
import { comment, Inbox, reaction, rehide, retract, unmention } from './regroup.fixture.js';
import type { Change } from './settle-member.js';

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
