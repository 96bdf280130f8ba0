import { uuidv7 } from 'uuidv7';

import type { BeckonEvent, EventData, EventType } from '#contracts/events.js';

/** An event as a producer writes it. */
export interface HandMadeEvent {
  readonly id: string;
  readonly type: EventType;
  readonly data: unknown;
}

const ENVELOPE = {
  specversion: '1.0',
  source: '/beckon/test',
  subject: 'test',
  datacontenttype: 'application/json',
} as const;

/** Makes an event of now. */
export function eventOf<T extends EventType>(type: T, data: EventData<T>): BeckonEvent<T> {
  return { ...ENVELOPE, id: uuidv7(), type, time: new Date().toISOString(), data };
}

/** What tells of Ben's reaction to Ana's post, as far as it is not said otherwise. */
export function reactionData(overrides: Partial<EventData<'reaction.added.v1'>> = {}) {
  const reaction: EventData<'reaction.added.v1'> = {
    reactionId: uuidv7(),
    subjectKind: 'post',
    subjectId: 'p1',
    subjectAuthorId: 'ana',
    postId: 'p1',
    actorId: 'ben',
    reaction: 'like',
    version: 1,
    reactedAt: new Date().toISOString(),
  };
  return { ...reaction, ...overrides };
}

/** What tells of Ben's comment on Ana's post, as far as it is not said otherwise. */
export function commentData(overrides: Partial<EventData<'comment.added.v1'>> = {}) {
  const comment: EventData<'comment.added.v1'> = {
    commentId: uuidv7(),
    postId: 'p1',
    postAuthorId: 'ana',
    parentId: null,
    parentAuthorId: null,
    actorId: 'ben',
    version: 1,
    commentedAt: new Date().toISOString(),
    mentions: [],
  };
  return { ...comment, ...overrides };
}
