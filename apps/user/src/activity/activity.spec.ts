import type { EventsOf } from '#contracts/catalogue.js';
import type { BeckonEvent, EventData } from '#contracts/events.js';
import { commentData, reactionData } from '#testkit/hand-made-event.js';

import { activityOf } from './activity.js';

const id = '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11';
const time = '2026-11-20T10:15:00.123456+00:00';

function eventOf<T extends EventsOf<'user'>>(type: T, data: EventData<T>): BeckonEvent<T> {
  return { specversion: '1.0', id, source: '/beckon/test', type, subject: 's', time, data };
}

const reaction = reactionData({ subjectKind: 'comment', subjectId: 'c1' });
const comment = commentData({ commentId: id });
const post = { postId: 'p1', actorId: 'ben', version: 1, publishedAt: time };
const follow = { actorId: 'ben', followeeId: 'ana', version: 1, followedAt: time };

describe('the line that an event leaves in the log of its actor', () => {
  it('carries the id and the time of the event', () => {
    expect(activityOf(eventOf('user.followed.v1', follow))).toEqual({
      eventId: id,
      userId: 'ben',
      verb: 'followed',
      subjectKind: 'user',
      subjectId: 'ana',
      at: time,
    });
  });

  it.each([
    [eventOf('reaction.added.v1', reaction), 'reacted', 'comment', 'c1'],
    [
      eventOf('reaction.changed.v1', { ...reaction, previousReaction: 'sad' }),
      'changed_reaction',
      'comment',
      'c1',
    ],
    [eventOf('reaction.removed.v1', { ...reaction, subjectKind: 'post' }), 'unreacted', 'post', 'c1'],
    [eventOf('comment.added.v1', comment), 'commented', 'comment', id],
    [eventOf('comment.edited.v1', comment), 'edited_comment', 'comment', id],
    [eventOf('comment.removed.v1', comment), 'removed_comment', 'comment', id],
    [eventOf('post.published.v1', { ...post, mentions: [] }), 'posted', 'post', 'p1'],
    [eventOf('post.removed.v1', post), 'removed_post', 'post', 'p1'],
    [eventOf('user.unfollowed.v1', follow), 'unfollowed', 'user', 'ana'],
  ])('of $type says what was done to what', (event, verb, subjectKind, subjectId) => {
    expect(activityOf<EventsOf<'user'>>(event)).toMatchObject({
      userId: 'ben',
      verb,
      subjectKind,
      subjectId,
    });
  });
});
