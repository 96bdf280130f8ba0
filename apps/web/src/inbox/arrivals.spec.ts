import type { Group } from '../api/contract.js';
import { ArrivalClock, median, type Action } from './arrivals.js';

const post = { kind: 'post', id: 'p1' } as const;
const like: Action = { actorId: 'ben', what: 'reaction', reactionType: 'like', subjects: [post] };

function group(more: Partial<Group> = {}): Group {
  return {
    id: 'g1',
    seq: 5,
    activitySeq: 5,
    type: 'reaction',
    subject: { ...post, excerpt: null },
    actorCount: 1,
    actorIds: ['ben'],
    reactions: { like: 1 },
    title: '',
    url: null,
    firstAt: '',
    latestAt: '',
    seen: false,
    readAt: null,
    archivedAt: null,
    ...more,
  };
}

describe('ArrivalClock', () => {
  it('measures from the POST to the event that tells of it', () => {
    const clock = new ArrivalClock();
    clock.expect(like, 100);
    expect(clock.observe('ana', group(), undefined, 109)).toMatchObject({
      ms: 9,
      groupId: 'g1',
      actorId: 'ben',
    });
  });

  it('measures one action once', () => {
    const clock = new ArrivalClock();
    clock.expect(like, 100);
    clock.observe('ana', group(), undefined, 109);
    expect(clock.observe('ana', group({ activitySeq: 9 }), group(), 120)).toBeNull();
  });

  it.each([
    ['another actor', group({ actorIds: ['cyra'] })],
    ['another subject', group({ subject: { kind: 'post', id: 'p2', excerpt: null } })],
    ['another type of notification', group({ type: 'comment' })],
    ['another reaction', group({ reactions: { love: 1 } })],
  ])('ignores %s', (_, other) => {
    const clock = new ArrivalClock();
    clock.expect(like, 100);
    expect(clock.observe('ana', other, undefined, 109)).toBeNull();
  });

  it('takes marking a group read for no arrival', () => {
    const clock = new ArrivalClock();
    clock.expect(like, 100);
    expect(clock.observe('ana', group({ seq: 6, readAt: 'now' }), group(), 109)).toBeNull();
  });

  it('takes a changed type for an arrival', () => {
    const clock = new ArrivalClock();
    clock.expect({ ...like, reactionType: 'love' }, 100);
    const changed = group({ seq: 6, reactions: { like: 0, love: 1 } });
    expect(clock.observe('ana', changed, group(), 108)?.ms).toBe(8);
  });

  it('knows a mention by the comment that the answer names, even if the stream was faster', () => {
    const clock = new ArrivalClock();
    const settle = clock.expect({ actorId: 'ben', what: 'comment', subjects: [post] }, 100);
    const mention = group({
      type: 'mention',
      subject: { kind: 'comment', id: 'c9', excerpt: null },
      reactions: {},
    });
    expect(clock.observe('ana', mention, undefined, 107)).toBeNull();
    expect(settle({ kind: 'comment', id: 'c9' })?.ms).toBe(7);
    expect(settle({ kind: 'comment', id: 'c9' })).toBeNull();
  });

  it('does not let an action that came in a shared event wait for a later one', () => {
    const clock = new ArrivalClock();
    const comment: Action = { actorId: 'ben', what: 'comment', subjects: [post] };
    const said = (activitySeq: number) =>
      group({ type: 'comment', activitySeq, seq: activitySeq, reactions: {} });
    clock.expect(comment, 100);
    clock.expect(comment, 101);
    clock.observe('ana', said(5), undefined, 110);
    clock.expect(comment, 9_000);
    expect(clock.observe('ana', said(6), said(5), 9_008)?.ms).toBe(8);
  });

  it('forgets what was under way when another inbox is watched', () => {
    const clock = new ArrivalClock();
    clock.expect(like, 100);
    clock.forget();
    expect(clock.observe('ana', group(), undefined, 109)).toBeNull();
  });
});

describe('median', () => {
  it('is the middle, or between the two middles', () => {
    expect([median([]), median([9, 1, 5]), median([4, 1, 3, 2])]).toEqual([null, 5, 2.5]);
  });
});
