import { useMemo } from 'preact/hooks';
import type { Group, UserCard } from '../api/contract.js';
import type { GroupAction } from '../api/inbox.js';
import { emojiOf } from '../feed/reaction-emoji.js';
import { AvatarStack } from '../people/avatar.js';
import { ArchiveIcon, CheckIcon, DotIcon, UnarchiveIcon } from '../shell/icons.js';
import { RelativeTime } from '../shell/relative-time.js';
import { sayMs } from './arrivals.js';
import { GroupTitle } from './group-title.js';
import { TypeBadge } from './type-badge.js';

interface Props {
  group: Group;
  users: ReadonlyMap<string, UserCard>;
  unseen: boolean;
  /** How long its latest arrival took, if this page caused it. */
  tookMs: number | undefined;
  onOpen: (group: Group) => void;
  onChange: (group: Group, action: GroupAction) => void;
}

export function GroupCard(props: Props) {
  const { group, users, unseen, tookMs, onOpen, onChange } = props;
  const names = group.actorIds.map((id) => users.get(id));
  // Two hundred of these are on the page; one that did not change costs nothing.
  return useMemo(() => <Card {...props} />, [group, unseen, tookMs, onOpen, onChange, ...pad(names)]);
}

function Card({ group, users, unseen, tookMs, onOpen, onChange }: Props) {
  const cards = group.actorIds.map(
    (id) => users.get(id) ?? { id, handle: null, displayName: null, avatarUrl: null },
  );
  const unread = !group.readAt && !group.archivedAt;
  const archived = group.archivedAt !== null;
  return (
    <li class="group" data-group={group.id} data-unread={unread} data-unseen={unseen}>
      <span class="group-faces">
        <AvatarStack cards={cards} />
        <TypeBadge group={group} />
      </span>
      <div class="group-main">
        <button type="button" class="group-title" onClick={() => onOpen(group)}>
          {unread && <span class="visually-hidden">Unread: </span>}
          <GroupTitle title={group.title} actors={cards} />
        </button>
        {group.subject?.excerpt && (
          <p class="group-excerpt" dir="auto">
            {group.subject.excerpt}
          </p>
        )}
        <p class="group-meta">
          <RelativeTime at={group.latestAt} />
          <ReactionTally reactions={group.reactions} />
          {tookMs !== undefined && (
            <span class="took" title="From the click to this arrival">
              <span class="visually-hidden">arrived in </span>
              {sayMs(tookMs)}
            </span>
          )}
          {unseen && <span class="new-mark">new</span>}
        </p>
      </div>
      <div class="group-actions">
        {!archived && (
          <button
            type="button"
            class="icon-button"
            title={unread ? 'Mark as read' : 'Mark as unread'}
            aria-label={`${unread ? 'Mark as read' : 'Mark as unread'}: ${group.title}`}
            onClick={() => onChange(group, unread ? 'read' : 'unread')}
          >
            {unread ? <CheckIcon /> : <DotIcon />}
          </button>
        )}
        <button
          type="button"
          class="icon-button"
          title={archived ? 'Back to the inbox' : 'Archive'}
          aria-label={`${archived ? 'Back to the inbox' : 'Archive'}: ${group.title}`}
          onClick={() => onChange(group, archived ? 'unarchive' : 'archive')}
        >
          {archived ? <UnarchiveIcon /> : <ArchiveIcon />}
        </button>
      </div>
    </li>
  );
}

function ReactionTally({ reactions }: { reactions: Group['reactions'] }) {
  const counted = Object.entries(reactions ?? {})
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  if (counted.length === 0) return null;
  return (
    <span class="tally">
      {counted.map(([type, count]) => (
        <span key={type} class="tally-one">
          <span aria-hidden="true">{emojiOf(type)}</span>
          <span class="visually-hidden">{type} </span>
          {count.toLocaleString('en')}
        </span>
      ))}
    </span>
  );
}

/** Always three, because the number of things a memo depends on may not change. */
function pad<T>(items: readonly T[]): [T?, T?, T?] {
  return [items[0], items[1], items[2]];
}
