import type { UserCard } from '../api/contract.js';
import type { InboxTab } from '../api/inbox.js';
import { shortNameOf } from '../people/names.js';

export function InboxEmpty({ tab, owner }: { tab: InboxTab; owner: UserCard }) {
  return (
    <div class="state">
      <CalmSea />
      <p class="state-title">{TITLES[tab]}</p>
      {tab === 'all' && (
        <p class="quiet">
          Follow <bdi>{shortNameOf(owner)}</bdi>, or react to one of their posts: it shows up here at once.
        </p>
      )}
    </div>
  );
}

const TITLES: Record<InboxTab, string> = {
  all: 'A calm sea',
  unread: 'Everything is read',
  archived: 'Nothing in the archive',
};

function CalmSea() {
  return (
    <svg class="calm-sea" viewBox="0 0 120 64" aria-hidden="true" focusable="false">
      <circle cx="60" cy="30" r="13" fill="var(--amber)" opacity=".9" />
      <g stroke="var(--sea)" stroke-width="2" stroke-linecap="round" fill="none">
        <path d="M14 40h92" />
        <path d="M30 47h60" opacity=".6" />
        <path d="M44 54h32" opacity=".35" />
      </g>
      <path d="M40 41h40v10H40z" fill="var(--surface)" opacity=".0" />
    </svg>
  );
}
