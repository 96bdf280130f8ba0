import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Counts, Group, UserCard } from './api/contract.js';
import { FeedView, type Destination } from './feed/feed.js';
import type { Arrival, ArrivalClock } from './inbox/arrivals.js';
import { Badge } from './inbox/bell.js';
import { InboxView } from './inbox/inbox.js';
import { PersonPicker } from './people/person-picker.js';
import { useSession } from './session.js';
import { BellIcon, PeopleIcon } from './shell/icons.js';
import { useNarrow } from './shell/use-narrow.js';

interface Props {
  actors: readonly UserCard[];
  arrivals: readonly Arrival[];
  clock: ArrivalClock;
  onArrived: (arrival: Arrival) => void;
  onChooseActor: (id: string) => void;
  onNewPerson: (() => void) | undefined;
}

const TITLE = document.title;

type Side = 'network' | 'inbox';

/** Left the network, where one person acts; right the inbox of another. One at a time where it is narrow. */
export function Sides({ actors, arrivals, clock, onArrived, onChooseActor, onNewPerson }: Props) {
  const { actorId, watchedId, watch } = useSession();
  const [side, setSide] = useState<Side>('network');
  const [counts, setCounts] = useState<Counts | null>(null);
  const [destination, setDestination] = useState<Destination | null>(null);
  const narrow = useNarrow();

  const tookMs = useMemo(
    () =>
      new Map(arrivals.filter((one) => one.recipientId === watchedId).map((one) => [one.groupId, one.ms])),
    [arrivals, watchedId],
  );

  const unread = counts?.unread ?? 0;
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${TITLE}` : TITLE;
  }, [unread]);

  const openSubject = useCallback((group: Group) => {
    const subject = group.subject;
    if (subject?.kind !== 'post' && subject?.kind !== 'comment') return;
    setDestination({ kind: subject.kind, id: subject.id });
    setSide('network');
  }, []);

  return (
    <>
      <main class="sides" data-side={side}>
        <section class="side side-network" aria-labelledby="network-title">
          <div class="side-head">
            <h2 id="network-title">Act as</h2>
            <p class="quiet">Post, react, comment, follow.</p>
          </div>
          <PersonPicker
            name="actor"
            legend="Act as"
            people={actors}
            chosen={actorId}
            onChoose={onChooseActor}
            onNew={onNewPerson}
          />
          <FeedView destination={destination} />
        </section>
        <section class="side side-inbox" aria-labelledby="inbox-title">
          <div class="side-head">
            <h2 id="inbox-title">Inbox of</h2>
            <p class="quiet">Watch it arrive.</p>
          </div>
          <PersonPicker
            name="watched"
            legend="Inbox of"
            people={actors}
            chosen={watchedId}
            onChoose={watch}
          />
          <InboxView
            key={watchedId}
            userId={watchedId}
            inView={!narrow || side === 'inbox'}
            tookMs={tookMs}
            onArrival={(group, before, at) => {
              const arrival = clock.observe(watchedId, group, before, at);
              if (arrival) onArrived(arrival);
            }}
            onCounts={setCounts}
            onOpenSubject={openSubject}
          />
        </section>
      </main>
      <nav class="side-switch" aria-label="Sides">
        <button type="button" aria-current={side === 'network'} onClick={() => setSide('network')}>
          <PeopleIcon /> Network
        </button>
        <button
          type="button"
          aria-current={side === 'inbox'}
          aria-label={counts?.unread ? `Inbox, ${counts.unread.toLocaleString('en')} unread` : 'Inbox'}
          onClick={() => setSide('inbox')}
        >
          <span class="side-switch-bell" data-unseen={(counts?.unseen ?? 0) > 0}>
            <BellIcon />
            {counts && counts.unread > 0 && <Badge count={counts.unread} />}
          </span>{' '}
          Inbox
        </button>
      </nav>
    </>
  );
}
