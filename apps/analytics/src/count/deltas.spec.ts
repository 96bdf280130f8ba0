import type { EventsOf } from '#contracts/catalogue.js';
import type { BeckonEvent, EventData } from '#contracts/events.js';
import { commentData, reactionData } from '#testkit/hand-made-event.js';

import { sumDeltas } from './deltas.js';

const id = '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11';
const time = '2026-11-20T10:15:00.123456+00:00';

function eventOf<T extends EventsOf<'analytics'>>(
  type: T,
  data: EventData<T>,
  at = time,
): BeckonEvent<EventsOf<'analytics'>> {
  return { specversion: '1.0', id, source: '/beckon/test', type, subject: 's', time: at, data };
}

const reaction = reactionData({ reactionId: id, reactedAt: '2026-11-20T11:59:59.999+02:00' });
const comment = commentData({ commentId: id, commentedAt: '2026-11-20T10:00:00+00:00' });
const nine = Date.parse('2026-11-20T09:00:00Z');
const ten = Date.parse('2026-11-20T10:00:00Z');
const at = Date.parse('2026-11-20T10:15:00.123Z');

describe('what events change', () => {
  it('a reaction counts for its type and for the UTC hour in which it was given', () => {
    expect(sumDeltas([eventOf('reaction.added.v1', reaction)])).toEqual({
      counters: [{ postId: 'p1', reactions: new Map([['like', 1]]), comments: 0, removed: false, at }],
      commenters: [],
      buckets: [{ postId: 'p1', metric: 'reactions', hour: nine, value: 1 }],
    });
  });

  it('a changed reaction moves from type to type and stays in its hour', () => {
    const changed = { ...reaction, reaction: 'love', previousReaction: 'like', version: 2 };
    const { counters, buckets } = sumDeltas([eventOf('reaction.changed.v1', changed)]);
    expect(counters[0]?.reactions).toEqual(
      new Map([
        ['like', -1],
        ['love', 1],
      ]),
    );
    expect(buckets).toEqual([]);
  });

  it('added, changed and removed come to nothing, in any order', () => {
    const events = [
      eventOf('reaction.removed.v1', { ...reaction, reaction: 'love', version: 3 }),
      eventOf('reaction.changed.v1', { ...reaction, reaction: 'love', previousReaction: 'like', version: 2 }),
      eventOf('reaction.added.v1', reaction),
    ];
    for (const order of [events, events.toReversed()]) {
      const { counters, buckets } = sumDeltas(order);
      expect(counters[0]?.reactions).toEqual(new Map());
      expect(buckets).toEqual([]);
    }
  });

  it('reactions to comments do not count for the post', () => {
    const onComment = eventOf('reaction.added.v1', { ...reaction, subjectKind: 'comment', subjectId: id });
    expect(sumDeltas([onComment])).toEqual({ counters: [], commenters: [], buckets: [] });
  });

  it('comments count for the post, the person and the hour', () => {
    const events = [
      eventOf('comment.added.v1', comment),
      eventOf('comment.added.v1', { ...comment, actorId: 'ana' }),
      eventOf('comment.added.v1', comment),
      eventOf('comment.removed.v1', { ...comment, actorId: 'ana' }),
    ];
    const { counters, commenters, buckets } = sumDeltas(events);
    expect(counters[0]?.comments).toBe(2);
    expect(commenters).toEqual([{ postId: 'p1', userId: 'ben', comments: 2 }]);
    expect(buckets).toEqual([{ postId: 'p1', metric: 'comments', hour: ten, value: 2 }]);
  });

  it('a post that was removed stays so, whatever comes later', () => {
    const post = { postId: 'p1', actorId: 'ana', version: 2, publishedAt: time };
    const { counters } = sumDeltas([
      eventOf('post.removed.v1', post),
      eventOf('post.published.v1', { ...post, version: 1, mentions: [] }),
      eventOf('reaction.added.v1', reaction),
    ]);
    expect(counters).toMatchObject([{ postId: 'p1', removed: true }]);
  });

  it('the newest event tells the time, wherever it stands', () => {
    const events = [
      eventOf('reaction.added.v1', reaction, '2026-11-20T10:15:02Z'),
      eventOf('reaction.added.v1', reaction, '2026-11-20T10:15:01Z'),
    ];
    expect(sumDeltas(events).counters[0]?.at).toBe(Date.parse('2026-11-20T10:15:02Z'));
  });

  it('rows come in byte order, so that envelopes lock them alike', () => {
    const { counters } = sumDeltas(
      ['b', 'a', 'B', '_', '1'].map((postId) => eventOf('reaction.added.v1', { ...reaction, postId })),
    );
    expect(counters.map(({ postId }) => postId)).toEqual(['1', 'B', '_', 'a', 'b']);
  });
});
