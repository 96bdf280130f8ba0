import type { EventsOf } from '#contracts/catalogue.js';
import type { BeckonEvent, EventData } from '#contracts/events.js';

export const metrics = ['reactions', 'comments'] as const;
export type Metric = (typeof metrics)[number];

/** What is added to a post's counter. */
export interface CounterDelta {
  readonly postId: string;
  readonly reactions: ReadonlyMap<string, number>;
  readonly comments: number;
  readonly removed: boolean;
  /** The newest event that it stems from, in epoch milliseconds. */
  readonly at: number;
}

/** What is added to the comments of one person under a post. */
export interface CommenterDelta {
  readonly postId: string;
  readonly userId: string;
  readonly comments: number;
}

/** What is added to the hour in which something began to stand. */
export interface BucketDelta {
  readonly postId: string;
  readonly metric: Metric;
  /** Begin of the hour, in epoch milliseconds. */
  readonly hour: number;
  readonly value: number;
}

/** Sums that commute: whichever order they are added in, the counts end the same. Each list is in key order. */
export interface Deltas {
  readonly counters: readonly CounterDelta[];
  readonly commenters: readonly CommenterDelta[];
  readonly buckets: readonly BucketDelta[];
}

type CountedEvent = EventsOf<'analytics'>;

/** What one event changes. */
interface Change {
  readonly postId: string;
  readonly reactions?: Readonly<Record<string, number>>;
  readonly comments?: number;
  readonly commenter?: string;
  readonly bucket?: { readonly metric: Metric; readonly since: string; readonly value: number };
  readonly removed?: boolean;
}

/** Adds up what events change, row by row, in the order in which rows are locked. */
export function sumDeltas(events: readonly BeckonEvent<CountedEvent>[]): Deltas {
  const counters = new Map<string, CounterDelta>();
  const commenters = new Map<string, CommenterDelta>();
  const buckets = new Map<string, BucketDelta>();
  for (const event of events) {
    const change = changeOf(event);
    if (change === undefined) continue;
    addCounter(counters, change, Date.parse(event.time));
    if (change.commenter !== undefined) addCommenter(commenters, change, change.commenter);
    if (change.bucket !== undefined) addBucket(buckets, change.postId, change.bucket);
  }
  return {
    counters: inKeyOrder(counters),
    // What comes to nothing still tells its counter the time, but needs no row of its own.
    commenters: inKeyOrder(commenters).filter(({ comments }) => comments !== 0),
    buckets: inKeyOrder(buckets).filter(({ value }) => value !== 0),
  };
}

function changeOf<T extends CountedEvent>(event: BeckonEvent<T>): Change | undefined {
  return changes[event.type](event.data);
}

const changes: { readonly [T in CountedEvent]: (data: EventData<T>) => Change | undefined } = {
  'reaction.added.v1': (reaction) => reacted(reaction, { [reaction.reaction]: 1 }, 1),
  'reaction.changed.v1': ({ reaction, previousReaction, ...rest }) =>
    reacted(rest, reaction === previousReaction ? {} : { [previousReaction]: -1, [reaction]: 1 }, 0),
  'reaction.removed.v1': (reaction) => reacted(reaction, { [reaction.reaction]: -1 }, -1),
  'comment.added.v1': (comment) => commented(comment, 1),
  'comment.removed.v1': (comment) => commented(comment, -1),
  'post.published.v1': ({ postId }) => ({ postId }),
  'post.removed.v1': ({ postId }) => ({ postId, removed: true }),
};

/**
 * A removal is taken from the hour of the reaction, so that the series sums to the counter. A reaction to a comment
 * is the comment's and counts nothing here.
 */
function reacted(
  {
    subjectKind,
    postId,
    reactedAt,
  }: Pick<EventData<'reaction.added.v1'>, 'subjectKind' | 'postId' | 'reactedAt'>,
  reactions: Record<string, number>,
  value: number,
): Change | undefined {
  if (subjectKind !== 'post') return undefined;
  return { postId, reactions, bucket: { metric: 'reactions', since: reactedAt, value } };
}

function commented({ postId, actorId, commentedAt }: EventData<'comment.removed.v1'>, value: number): Change {
  return {
    postId,
    comments: value,
    commenter: actorId,
    bucket: { metric: 'comments', since: commentedAt, value },
  };
}

function addCounter(counters: Map<string, CounterDelta>, change: Change, at: number): void {
  const before = counters.get(change.postId);
  const reactions = new Map(before?.reactions);
  for (const [type, value] of Object.entries(change.reactions ?? {})) {
    const sum = (reactions.get(type) ?? 0) + value;
    if (sum === 0) reactions.delete(type);
    else reactions.set(type, sum);
  }
  counters.set(change.postId, {
    postId: change.postId,
    reactions,
    comments: (before?.comments ?? 0) + (change.comments ?? 0),
    removed: (before?.removed ?? false) || (change.removed ?? false),
    at: Math.max(before?.at ?? at, at),
  });
}

function addCommenter(commenters: Map<string, CommenterDelta>, change: Change, userId: string): void {
  const { postId, comments = 0 } = change;
  const key = `${postId} ${userId}`;
  commenters.set(key, { postId, userId, comments: (commenters.get(key)?.comments ?? 0) + comments });
}

function addBucket(
  buckets: Map<string, BucketDelta>,
  postId: string,
  { metric, since, value }: NonNullable<Change['bucket']>,
): void {
  const hour = new Date(since).setUTCMinutes(0, 0, 0);
  const key = `${postId} ${metric} ${hour}`;
  buckets.set(key, { postId, metric, hour, value: (buckets.get(key)?.value ?? 0) + value });
}

/** Keys are ASCII, so that this is their byte order. */
function inKeyOrder<T>(byKey: ReadonlyMap<string, T>): T[] {
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
