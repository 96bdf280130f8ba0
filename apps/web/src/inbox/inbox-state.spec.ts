import type { Group, GroupPage } from '../api/contract.js';
import {
  emptyInbox,
  groupsOf,
  isUnseen,
  reduceInbox,
  type InboxMessage,
  type InboxState,
} from './inbox-state.js';

function group(id: string, seq: number, activitySeq = seq, more: Partial<Group> = {}): Group {
  return {
    id,
    seq,
    activitySeq,
    type: 'reaction',
    subject: null,
    actorCount: 1,
    actorIds: ['ana'],
    reactions: {},
    title: id,
    url: null,
    firstAt: '',
    latestAt: '',
    seen: false,
    readAt: null,
    archivedAt: null,
    ...more,
  };
}

const page = (groups: Group[], next: string | null = null, seq = 100, unseen = 1): GroupPage => ({
  groups,
  users: {},
  counts: { unread: groups.length, unseen, seq },
  page: { next },
});

const after = (...messages: InboxMessage[]): InboxState => messages.reduce(reduceInbox, emptyInbox);
const idsOf = (state: InboxState, tab: 'all' | 'unread' | 'archived' = 'all') =>
  groupsOf(state, tab).map(({ id }) => id);

describe('reduceInbox', () => {
  it('shows newest activity first, whatever changed last', () => {
    const state = after(
      { kind: 'page', tab: 'all', page: page([group('b', 20), group('a', 10)]) },
      { kind: 'group', group: group('a', 30, 10, { readAt: 'now' }) },
    );
    expect(idsOf(state)).toEqual(['b', 'a']);
  });

  it('keeps the newer of two versions, in any order of arrival', () => {
    const state = after(
      { kind: 'group', group: group('a', 30, 30, { title: 'newer' }) },
      { kind: 'page', tab: 'all', page: page([group('a', 10, 10, { title: 'older' })]) },
    );
    expect(groupsOf(state, 'all')[0]?.title).toBe('newer');
  });

  it('does not bring a removed group back from an older page', () => {
    const state = after(
      { kind: 'removed', removal: { id: 'a', seq: 40 } },
      { kind: 'page', tab: 'all', page: page([group('a', 30)]) },
    );
    expect(idsOf(state)).toEqual([]);
    expect(idsOf(reduceInbox(state, { kind: 'group', group: group('a', 50) }))).toEqual(['a']);
  });

  it('hides what is older than the loaded pages until its own page comes', () => {
    const state = after(
      { kind: 'page', tab: 'all', page: page([group('c', 30), group('b', 20)], 'more') },
      { kind: 'page', tab: 'archived', page: page([group('old', 5, 5, { archivedAt: 'then' })]) },
      { kind: 'group', group: group('old', 60, 5) },
    );
    expect(idsOf(state)).toEqual(['c', 'b']);
    const all = reduceInbox(state, { kind: 'page', tab: 'all', page: page([group('old', 60, 5)]) });
    expect(idsOf(all)).toEqual(['c', 'b', 'old']);
  });

  it('moves a group between the tabs as it changes', () => {
    const state = after(
      { kind: 'page', tab: 'all', page: page([group('a', 10)]) },
      { kind: 'page', tab: 'archived', page: page([]) },
      { kind: 'page', tab: 'unread', page: page([group('a', 10)]) },
      { kind: 'group', group: group('a', 11, 10, { archivedAt: 'now' }) },
    );
    expect([idsOf(state), idsOf(state, 'unread'), idsOf(state, 'archived')]).toEqual([[], [], ['a']]);
  });

  it('takes counts only from a later or the same sequence', () => {
    const state = after(
      { kind: 'counts', counts: { unread: 3, unseen: 3, seq: 50 } },
      { kind: 'counts', counts: { unread: 9, unseen: 9, seq: 49 } },
    );
    expect(state.counts?.unread).toBe(3);
  });

  it('regards everything as seen once nothing is unseen, and growth as unseen again', () => {
    const seen = after(
      { kind: 'page', tab: 'all', page: page([group('a', 10)]) },
      { kind: 'counts', counts: { unread: 1, unseen: 0, seq: 101 } },
    );
    expect(groupsOf(seen, 'all').map((one) => isUnseen(seen, one))).toEqual([false]);
    const grown = reduceInbox(seen, { kind: 'group', group: group('a', 102, 102) });
    expect(groupsOf(grown, 'all').map((one) => isUnseen(grown, one))).toEqual([true]);
  });

  it('keeps a name that a later answer could not look up', () => {
    const ana = { id: 'ana', handle: 'ana', displayName: 'Ana', avatarUrl: null };
    const state = after(
      { kind: 'group', group: group('a', 1), users: { ana } },
      { kind: 'group', group: group('a', 2), users: { ana: { ...ana, handle: null, displayName: null } } },
    );
    expect(state.users.get('ana')?.displayName).toBe('Ana');
  });
});
