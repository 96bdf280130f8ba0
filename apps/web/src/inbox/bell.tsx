import { useEffect, useRef } from 'preact/hooks';
import { BellIcon } from '../shell/icons.js';

interface Props {
  unread: number;
  unseen: number;
  open: boolean;
  /** Grows with every arrival. */
  arrivals: number;
  onToggle: () => void;
}

/** Shows what is unread, and rings while something is unseen. */
export function Bell({ unread, unseen, open, arrivals, onToggle }: Props) {
  const bell = useRef<HTMLSpanElement>(null);

  useEffect(() => {
    if (arrivals === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    bell.current?.animate(
      [0, 16, -13, 9, -6, 3, 0].map((angle) => ({ transform: `rotate(${angle}deg)` })),
      { duration: 700, easing: 'ease-out' },
    );
  }, [arrivals]);

  const label = unread === 0 ? 'nothing unread' : `${unread.toLocaleString('en')} unread`;
  return (
    <button
      type="button"
      class="bell"
      data-unseen={unseen > 0}
      aria-expanded={open}
      aria-controls="inbox-panel"
      title={open ? 'Close the inbox' : 'Open the inbox'}
      aria-label={`Notifications, ${label}${unseen > 0 ? `, ${unseen} new` : ''}`}
      onClick={onToggle}
    >
      <span ref={bell} class="bell-icon">
        <BellIcon />
      </span>
      {unread > 0 && <Badge count={unread} />}
    </button>
  );
}

/** For the eye; the exact number is in the name of what it is on. */
export function Badge({ count }: { count: number }) {
  return (
    <span class="badge" key={count} aria-hidden="true">
      {count > 99 ? '99+' : count}
    </span>
  );
}
