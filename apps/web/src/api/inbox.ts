import type { Counts, Group, GroupPage } from './contract.js';
import { call, path } from './http.js';

/** Calls about one inbox. `as` is whose inbox it is. */

export type InboxTab = 'all' | 'unread' | 'archived';
export type GroupAction = 'read' | 'unread' | 'archive' | 'unarchive';

export const listGroups = (as: string, state: InboxTab, cursor: string | null, signal?: AbortSignal) =>
  call<GroupPage>(
    cursor
      ? path`/v1/notifications?state=${state}&limit=30&cursor=${cursor}`
      : path`/v1/notifications?state=${state}&limit=30`,
    { as, signal },
  );

export const getCounts = (as: string) => call<Counts>('/v1/notifications/counts', { as });

export const changeGroup = (as: string, id: string, action: GroupAction) =>
  call<Group>(path`/v1/notifications/${id}` + `/${action}`, { as, method: 'POST' });

/** Marks everything with `activitySeq` up to and including `upTo`. */
export const markUpTo = (as: string, mark: 'seen' | 'read', upTo: number) =>
  call<Counts>(`/v1/notifications/${mark}`, { as, method: 'POST', body: { upTo } });

export const getStreamTicket = (as: string) =>
  call<{ ticket: string; expiresIn: number }>('/v1/notifications/stream-tickets', { as, method: 'POST' });
