import type { Counts, Group, GroupPage, Removal, UserCard, Users } from '../api/contract.js';
import type { InboxTab } from '../api/inbox.js';

/**
 * What is known of one inbox, and how each message changes it. Pages, stream and answers may come in
 * any order: of two versions of a group the greater `seq` wins, of two counts likewise.
 */
export interface InboxState {
  groups: ReadonlyMap<string, Group>;
  /** The sequence at which a group was removed, so that an older page does not bring it back. */
  gone: ReadonlyMap<string, number>;
  users: ReadonlyMap<string, UserCard>;
  counts: Counts | null;
  /** Everything with `activitySeq` up to here has been seen. */
  seenUpTo: number;
  tabs: Record<InboxTab, TabState>;
}

export interface TabState {
  status: 'idle' | 'loading' | 'ready' | 'failed';
  /** The list is complete down to this `activitySeq`; what is older is shown once its page is loaded. */
  completeFrom: number;
  next: string | null;
  error: unknown;
}

export type InboxMessage =
  | { kind: 'loading'; tab: InboxTab }
  | { kind: 'page'; tab: InboxTab; page: GroupPage }
  | { kind: 'failed'; tab: InboxTab; error: unknown }
  | { kind: 'group'; group: Group; users?: Users }
  | { kind: 'removed'; removal: Removal }
  | { kind: 'counts'; counts: Counts }
  | { kind: 'seen'; upTo: number; counts: Counts }
  | { kind: 'readUpTo'; upTo: number; at: string; counts: Counts }
  | { kind: 'restart' };

const untouched: TabState = { status: 'idle', completeFrom: Infinity, next: null, error: null };

export const emptyInbox: InboxState = {
  groups: new Map(),
  gone: new Map(),
  users: new Map(),
  counts: null,
  seenUpTo: 0,
  tabs: { all: untouched, unread: untouched, archived: untouched },
};

export function reduceInbox(state: InboxState, message: InboxMessage): InboxState {
  switch (message.kind) {
    case 'restart':
      return { ...emptyInbox, users: state.users };
    case 'loading':
      return withTab(state, message.tab, { status: 'loading', error: null });
    case 'failed':
      return withTab(state, message.tab, { status: 'failed', error: message.error });
    case 'page':
      return addPage(state, message.tab, message.page);
    case 'group':
      return withCounts(putGroups(state, [message.group], message.users ?? {}), null);
    case 'removed':
      return removeGroup(state, message.removal);
    case 'counts':
      return withCounts(state, message.counts);
    case 'seen':
      return withCounts({ ...state, seenUpTo: Math.max(state.seenUpTo, message.upTo) }, message.counts);
    case 'readUpTo': {
      const groups = [...state.groups.values()]
        .filter((group) => !group.readAt && group.activitySeq <= message.upTo)
        .map((group) => ({ ...group, readAt: message.at }));
      return withCounts(putGroups(state, groups, {}), message.counts);
    }
  }
}

/** What a tab shows, newest activity first. */
export function groupsOf(state: InboxState, tab: InboxTab): Group[] {
  const { completeFrom } = state.tabs[tab];
  return [...state.groups.values()]
    .filter((group) => group.activitySeq >= completeFrom && belongsTo(tab, group))
    .sort((a, b) => b.activitySeq - a.activitySeq);
}

export const isUnread = (group: Group): boolean => !group.readAt && !group.archivedAt;

export const isUnseen = (state: InboxState, group: Group): boolean =>
  isUnread(group) && !group.seen && group.activitySeq > state.seenUpTo;

export function newestActivity(state: InboxState): number {
  let newest = 0;
  for (const group of state.groups.values()) newest = Math.max(newest, group.activitySeq);
  return newest;
}

function belongsTo(tab: InboxTab, group: Group): boolean {
  if (tab === 'archived') return group.archivedAt !== null;
  return group.archivedAt === null && (tab === 'all' || group.readAt === null);
}

function addPage(state: InboxState, tab: InboxTab, page: GroupPage): InboxState {
  const oldest = page.groups.at(-1)?.activitySeq ?? state.tabs[tab].completeFrom;
  const merged = withTab(putGroups(state, page.groups, page.users), tab, {
    status: 'ready',
    completeFrom: page.page.next === null ? 0 : oldest,
    next: page.page.next,
    error: null,
  });
  return withCounts(merged, page.counts);
}

function putGroups(state: InboxState, incoming: readonly Group[], cards: Users): InboxState {
  const groups = new Map(state.groups);
  for (const group of incoming) {
    const known = groups.get(group.id)?.seq ?? 0;
    if (group.seq >= known && group.seq > (state.gone.get(group.id) ?? 0)) groups.set(group.id, group);
  }
  const users = new Map(state.users);
  for (const [id, card] of Object.entries(cards)) {
    // A name that could not be looked up this time is no reason to forget it.
    if (card.displayName !== null || !users.has(id)) users.set(id, card);
  }
  return { ...state, groups, users };
}

function removeGroup(state: InboxState, { id, seq }: Removal): InboxState {
  if ((state.groups.get(id)?.seq ?? 0) > seq) return state;
  const groups = new Map(state.groups);
  groups.delete(id);
  return { ...state, groups, gone: new Map(state.gone).set(id, seq) };
}

function withCounts(state: InboxState, counts: Counts | null): InboxState {
  if (!counts || (state.counts && counts.seq < state.counts.seq)) return state;
  // Seen elsewhere (another window): the count says so, the groups do not.
  const seenUpTo = counts.unseen === 0 ? Math.max(state.seenUpTo, newestActivity(state)) : state.seenUpTo;
  return { ...state, counts, seenUpTo };
}

function withTab(state: InboxState, tab: InboxTab, change: Partial<TabState>): InboxState {
  return { ...state, tabs: { ...state.tabs, [tab]: { ...state.tabs[tab], ...change } } };
}
