import { useEffect, useRef } from 'preact/hooks';
import type { Group, UserCard } from '../api/contract.js';
import type { GroupAction, InboxTab } from '../api/inbox.js';
import { sayKindly } from '../api/problem.js';
import { useNarrow } from '../shell/use-narrow.js';
import { GroupCard } from './group-card.js';
import { InboxEmpty } from './inbox-empty.js';
import type { TabState } from './inbox-state.js';
import { useListMotion } from './use-list-motion.js';

interface Props {
  tab: InboxTab;
  page: TabState;
  groups: readonly Group[];
  users: ReadonlyMap<string, UserCard>;
  owner: UserCard;
  liveSince: number;
  isUnseen: (group: Group) => boolean;
  tookMs: ReadonlyMap<string, number>;
  onOpen: (group: Group) => void;
  onChange: (group: Group, action: GroupAction) => void;
  onMore: () => void;
  onRetry: () => void;
}

/** The groups of one tab, newest activity first; more are loaded as the end comes near. */
export function GroupList(props: Props) {
  const { tab, page, groups, users, owner, liveSince } = props;
  const list = useRef<HTMLUListElement>(null);
  useListMotion(list, groups, tab, liveSince);
  const loading = page.status === 'loading' || page.status === 'idle';

  return (
    <>
      <ul ref={list} class="groups" role="list" aria-busy={loading}>
        {groups.map((group) => (
          <GroupCard
            key={group.id}
            group={group}
            users={users}
            unseen={props.isUnseen(group)}
            tookMs={props.tookMs.get(group.id)}
            onOpen={props.onOpen}
            onChange={props.onChange}
          />
        ))}
      </ul>
      {loading && <Skeletons count={groups.length > 0 ? 1 : 5} />}
      {page.status === 'failed' && (
        <div class="state" role="alert">
          <p class="state-title">The inbox could not be loaded</p>
          <p class="quiet">{sayKindly(page.error)}</p>
          <button type="button" class="button" onClick={props.onRetry}>
            Try again
          </button>
        </div>
      )}
      {page.status === 'ready' && groups.length === 0 && page.next === null && (
        <InboxEmpty tab={tab} owner={owner} />
      )}
      {page.status === 'ready' && page.next !== null && <More key={page.next} onMore={props.onMore} />}
    </>
  );
}

function More({ onMore }: { onMore: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  const narrow = useNarrow();
  useEffect(() => {
    if (!button.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) onMore();
      },
      // On narrow screens the list scrolls with the page: its box holds all of it, and the end is always inside.
      { root: narrow ? null : button.current.closest('.inbox-scroll'), rootMargin: '300px' },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [narrow]);
  return (
    <button ref={button} type="button" class="button more" onClick={onMore}>
      Older notifications
    </button>
  );
}

function Skeletons({ count }: { count: number }) {
  return (
    <div class="groups" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} class="group">
          <span class="skeleton skeleton-face" />
          <span class="group-main">
            <span class="skeleton skeleton-line" />
            <span class="skeleton skeleton-line skeleton-half" />
          </span>
        </div>
      ))}
    </div>
  );
}
