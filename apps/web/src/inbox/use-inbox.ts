import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Group, UserCard } from '../api/contract.js';
import {
  changeGroup,
  getCounts,
  getStreamTicket,
  listGroups,
  markUpTo,
  type GroupAction,
  type InboxTab,
} from '../api/inbox.js';
import { browserWorld, LiveStream, type StreamState } from '../api/stream.js';
import { watchStream } from '../api/stream-watchdog.js';
import { emptyInbox, isUnread, newestActivity, reduceInbox, type InboxState } from './inbox-state.js';

export interface Inbox {
  state: InboxState;
  connection: StreamState;
  /** Activity after this arrived while we were watching. */
  liveSince: number;
  openTab(tab: InboxTab): void;
  loadMore(tab: InboxTab): void;
  retry(): void;
  reconnect(): void;
  markSeen(): void;
  /** @throws Problem */
  markAllRead(): Promise<void>;
  /** @throws Problem */
  change(group: Group, action: GroupAction): Promise<void>;
}

/** Told of every group that the stream brings. `before` is how it was known until then. */
export type OnArrival = (
  group: Group,
  before: Group | undefined,
  at: number,
  users: Record<string, UserCard>,
) => void;

/** One person's inbox: the list as it was, and every change since, live. The user never changes (`key`). */
export function useInbox(userId: string, onArrival: OnArrival): Inbox {
  const [state, dispatch] = useReducer(reduceInbox, emptyInbox);
  const [connection, setConnection] = useState<StreamState>({ kind: 'connecting' });
  const [liveSince, setLiveSince] = useState(Infinity);
  const [round, setRound] = useState(0);
  const stream = useRef<LiveStream | null>(null);
  // The latest of both for callbacks that outlive a rendering.
  const latest = useRef({ state, onArrival });
  latest.current = { state, onArrival };

  useEffect(() => {
    const leaving = new AbortController();
    let stopWatching = () => {};
    // Several events may come before the next rendering; each has to know what the one before it brought.
    const known = new Map<string, Group>();

    const start = async () => {
      dispatch({ kind: 'restart' });
      dispatch({ kind: 'loading', tab: 'all' });
      setConnection({ kind: 'connecting' });
      const page = await listGroups(userId, 'all', null, leaving.signal);
      if (leaving.signal.aborted) return;
      dispatch({ kind: 'page', tab: 'all', page });
      for (const group of page.groups) known.set(group.id, group);
      setLiveSince(page.counts.seq);

      const live = new LiveStream(
        page.counts.seq,
        {
          group: ({ group, users }, at) => {
            const before = known.get(group.id) ?? latest.current.state.groups.get(group.id);
            known.set(group.id, group);
            latest.current.onArrival(group, before, at, users);
            dispatch({ kind: 'group', group, users });
          },
          removed: (removal) => {
            known.delete(removal.id);
            dispatch({ kind: 'removed', removal });
          },
          counts: (counts) => dispatch({ kind: 'counts', counts }),
          reset: () => setRound((before) => before + 1),
          state: setConnection,
        },
        browserWorld(async () => (await getStreamTicket(userId)).ticket),
      );
      stream.current = live;
      stopWatching = watchStream(live, () => getCounts(userId));
      live.open();
    };

    start().catch((error: unknown) => {
      if (!leaving.signal.aborted) dispatch({ kind: 'failed', tab: 'all', error });
    });
    return () => {
      leaving.abort();
      stopWatching();
      stream.current?.close();
      stream.current = null;
    };
  }, [userId, round]);

  const loadPage = useCallback(
    async (tab: InboxTab, cursor: string | null) => {
      dispatch({ kind: 'loading', tab });
      try {
        dispatch({ kind: 'page', tab, page: await listGroups(userId, tab, cursor) });
      } catch (error) {
        dispatch({ kind: 'failed', tab, error });
      }
    },
    [userId],
  );

  return {
    state,
    connection,
    liveSince,
    openTab: (tab) => {
      const { status, next } = state.tabs[tab];
      if (status === 'idle' || (status === 'failed' && next === null)) void loadPage(tab, null);
    },
    loadMore: (tab) => {
      const { status, next } = state.tabs[tab];
      if (next && status !== 'loading') void loadPage(tab, next);
    },
    retry: () => setRound((before) => before + 1),
    reconnect: () => stream.current?.reopen(),
    markSeen: useCallback(() => {
      const upTo = newestActivity(latest.current.state);
      markUpTo(userId, 'seen', upTo).then(
        (counts) => dispatch({ kind: 'seen', upTo, counts }),
        // Being seen is no errand of the reader's; it is tried again with the next arrival.
        () => undefined,
      );
    }, [userId]),
    markAllRead: async () => {
      const upTo = newestActivity(state);
      const counts = await markUpTo(userId, 'read', upTo);
      dispatch({ kind: 'readUpTo', upTo, at: new Date().toISOString(), counts });
    },
    change: async (group, action) => {
      const changed = await changeGroup(userId, group.id, action);
      dispatch({ kind: 'group', group: changed });
      // The stream brings the counts too; this covers the time in which it is down.
      if (isUnread(changed) !== isUnread(group))
        dispatch({ kind: 'counts', counts: await getCounts(userId) });
    },
  };
}
