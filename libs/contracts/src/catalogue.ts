import type { EventType } from '#contracts/events.js';

/** Who takes events in. Each records them in its own ledger. */
export const consumers = ['notification', 'analytics', 'user'] as const;
export type Consumer = (typeof consumers)[number];

/** Which consumers an event goes to: the one place that decides it. */
export const catalogue = {
  'reaction.added.v1': ['notification', 'analytics', 'user'],
  'reaction.changed.v1': ['notification', 'analytics', 'user'],
  'reaction.removed.v1': ['notification', 'analytics', 'user'],
  'comment.added.v1': ['notification', 'analytics', 'user'],
  'comment.edited.v1': ['notification', 'user'],
  'comment.removed.v1': ['notification', 'analytics', 'user'],
  'post.published.v1': ['notification', 'analytics', 'user'],
  'post.removed.v1': ['notification', 'analytics', 'user'],
  'user.followed.v1': ['notification', 'user'],
  'user.unfollowed.v1': ['notification', 'user'],
  'thread.level_changed.v1': ['notification'],
} as const satisfies Record<EventType, readonly Consumer[]>;

/** In whose outbox an event is written: the service that owns what it is about. */
export const producers = {
  'reaction.added.v1': 'reaction',
  'reaction.changed.v1': 'reaction',
  'reaction.removed.v1': 'reaction',
  'comment.added.v1': 'comment',
  'comment.edited.v1': 'comment',
  'comment.removed.v1': 'comment',
  'post.published.v1': 'post',
  'post.removed.v1': 'post',
  'user.followed.v1': 'user',
  'user.unfollowed.v1': 'user',
  'thread.level_changed.v1': 'comment',
} as const satisfies Record<EventType, string>;

/** The types of event that a consumer must be able to handle; a handler table over it misses none. */
export type EventsOf<C extends Consumer> = {
  [T in EventType]: C extends (typeof catalogue)[T][number] ? T : never;
}[EventType];

/** The same at run time. */
export function eventsOf(consumer: Consumer): EventType[] {
  return (Object.keys(catalogue) as EventType[]).filter((type) =>
    (catalogue[type] as readonly Consumer[]).includes(consumer),
  );
}
