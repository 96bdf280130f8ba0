import { useRef } from 'preact/hooks';
import type { InboxTab } from '../api/inbox.js';

const TABS: readonly { tab: InboxTab; label: string }[] = [
  { tab: 'all', label: 'All' },
  { tab: 'unread', label: 'Unread' },
  { tab: 'archived', label: 'Archived' },
];

interface Props {
  chosen: InboxTab;
  unread: number;
  onChoose: (tab: InboxTab) => void;
}

/** Tabs by the book: one is in the tab order, arrow keys go around. */
export function InboxTabs({ chosen, unread, onChoose }: Props) {
  const list = useRef<HTMLDivElement>(null);

  const go = (index: number) => {
    const next = TABS[(index + TABS.length) % TABS.length];
    if (!next) return;
    onChoose(next.tab);
    list.current?.querySelector<HTMLElement>(`#inbox-tab-${next.tab}`)?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const index = TABS.findIndex(({ tab }) => tab === chosen);
    if (event.key === 'ArrowRight') go(index + 1);
    else if (event.key === 'ArrowLeft') go(index - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(TABS.length - 1);
    else return;
    event.preventDefault();
  };

  return (
    <div ref={list} class="tabs" role="tablist" aria-label="Notifications" onKeyDown={onKeyDown}>
      {TABS.map(({ tab, label }) => (
        <button
          key={tab}
          type="button"
          role="tab"
          class="tab"
          id={`inbox-tab-${tab}`}
          aria-selected={tab === chosen}
          aria-controls="inbox-list"
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => onChoose(tab)}
        >
          {label}
          {tab === 'unread' && unread > 0 && <span class="tab-count">{unread.toLocaleString('en')}</span>}
        </button>
      ))}
    </div>
  );
}
