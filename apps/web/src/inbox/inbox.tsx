import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Counts, Group } from '../api/contract.js';
import type { GroupAction, InboxTab } from '../api/inbox.js';
import { sayKindly } from '../api/problem.js';
import { nameOf } from '../people/names.js';
import { useSession } from '../session.js';
import { ConnectionBanner, ConnectionDot, useOnline } from '../shell/connection.js';
import { useAnnouncer } from './announcer.js';
import { Bell } from './bell.js';
import { GroupList } from './group-list.js';
import { groupsOf, isUnread, isUnseen } from './inbox-state.js';
import { InboxTabs } from './inbox-tabs.js';
import { keepFocusNear } from './keep-focus.js';
import { useInbox, type OnArrival } from './use-inbox.js';
import { useSeenAfterAWhile } from './use-seen.js';

/** The server keeps what is missed, and the page asks for it. */
const MEANWHILE = {
  offline: 'What happens meanwhile arrives when you are back.',
  interrupted: 'nothing will be missed.',
};

interface Props {
  /** Whose inbox; a change of it is a new `key`. */
  userId: string;
  /** False while the other side covers it (narrow screens). */
  inView: boolean;
  tookMs: ReadonlyMap<string, number>;
  onArrival: OnArrival;
  onCounts: (counts: Counts | null) => void;
  onOpenSubject: (group: Group) => void;
}

export function InboxView({ userId, inView, tookMs, onArrival, onCounts, onOpenSubject }: Props) {
  const { cardOf, say } = useSession();
  const { announce, text: announcement } = useAnnouncer();
  const online = useOnline();
  const [tab, setTab] = useState<InboxTab>('all');
  const [open, setOpen] = useState(true);
  const [rings, setRings] = useState(0);
  const scroll = useRef<HTMLDivElement>(null);
  const owner = cardOf(userId);

  const inbox = useInbox(userId, (group, before, at, users) => {
    onArrival(group, before, at, users);
    const isNews = isUnread(group) && !group.seen && group.activitySeq > (before?.activitySeq ?? 0);
    if (!isNews) return;
    setRings((count) => count + 1);
    announce(group.title);
  });
  const { state, connection } = inbox;
  const counts = state.counts;
  const groups = useMemo(() => groupsOf(state, tab), [state.groups, state.tabs, tab]);

  useEffect(() => onCounts(counts), [counts, onCounts]);
  // What was read of the other tabs is forgotten when the stream begins anew, which reads only the first.
  const forgotten = tab !== 'all' && state.tabs[tab].status === 'idle';
  useEffect(() => {
    if (forgotten) inbox.openTab(tab);
  }, [forgotten, tab]);
  useSeenAfterAWhile(open && inView, (counts?.unseen ?? 0) > 0 ? (counts?.seq ?? 0) : null, inbox.markSeen);

  const fail = useCallback((error: unknown) => say({ tone: 'alarm', text: sayKindly(error) }), [say]);

  // Stable for the cards' sake; what they do is always the latest.
  const doing = useRef({ change: inbox.change, onOpenSubject });
  doing.current = { change: inbox.change, onOpenSubject };
  const change = useCallback((group: Group, action: GroupAction) => {
    const restoreFocus = keepFocusNear(scroll.current);
    doing.current.change(group, action).then(restoreFocus, fail);
  }, []);
  const openGroup = useCallback((group: Group) => {
    if (isUnread(group)) doing.current.change(group, 'read').catch(fail);
    doing.current.onOpenSubject(group);
  }, []);

  const toggle = () => {
    // Opening is looking; no need to wait for it.
    if (!open && (counts?.unseen ?? 0) > 0) inbox.markSeen();
    setOpen(!open);
  };

  return (
    <div class="inbox">
      <div class="inbox-bar">
        <Bell
          unread={counts?.unread ?? 0}
          unseen={counts?.unseen ?? 0}
          open={open}
          arrivals={rings}
          onToggle={toggle}
        />
        <p class="inbox-owner">
          <bdi class="person-name">{nameOf(owner)}</bdi>
          {state.tabs.all.status !== 'failed' && <ConnectionDot connection={connection} online={online} />}
        </p>
        <button
          type="button"
          class="button button-small"
          disabled={(counts?.unread ?? 0) === 0}
          onClick={() => inbox.markAllRead().catch(fail)}
        >
          Mark all read
        </button>
      </div>
      <p class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </p>
      <div id="inbox-panel" class="inbox-panel" hidden={!open}>
        <InboxTabs
          chosen={tab}
          unread={counts?.unread ?? 0}
          onChoose={(chosen) => {
            setTab(chosen);
            inbox.openTab(chosen);
            scroll.current?.scrollTo({ top: 0 });
          }}
        />
        {state.tabs.all.status !== 'failed' && state.tabs.all.status !== 'loading' && (
          <ConnectionBanner
            connection={connection}
            online={online}
            meanwhile={MEANWHILE}
            onRetry={inbox.reconnect}
          />
        )}
        <div
          ref={scroll}
          class="inbox-scroll"
          id="inbox-list"
          role="tabpanel"
          aria-labelledby={`inbox-tab-${tab}`}
          tabIndex={0}
        >
          <GroupList
            tab={tab}
            page={state.tabs[tab]}
            groups={groups}
            users={state.users}
            owner={owner}
            liveSince={inbox.liveSince}
            isUnseen={(group) => isUnseen(state, group)}
            tookMs={tookMs}
            onOpen={openGroup}
            onChange={change}
            onMore={() => inbox.loadMore(tab)}
            onRetry={() => {
              if (groups.length > 0) inbox.loadMore(tab);
              else if (tab === 'all') inbox.retry();
              else inbox.openTab(tab);
            }}
          />
        </div>
      </div>
      {!open && (
        <p class="inbox-closed quiet">
          The inbox is closed, as it is on most pages of a network. The bell keeps count.{' '}
          <button type="button" class="link" onClick={toggle}>
            Open it
          </button>
        </p>
      )}
    </div>
  );
}
