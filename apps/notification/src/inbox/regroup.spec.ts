import { COLLECTS_MS, type Group } from './group.js';
import { Reason } from './reasons.js';
import { comment, Inbox, reaction, rehide, retract, START, unmention } from './regroup.fixture.js';
import { regroup } from './regroup.js';
import { settleMember } from './settle-member.js';

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
