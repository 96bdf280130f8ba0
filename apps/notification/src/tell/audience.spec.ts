import type { EventsOf } from '#contracts/catalogue.js';
import { type AnyEvent, type EventData, parseEvent } from '#contracts/events.js';
import { commentData, eventOf, reactionData } from '#testkit/hand-made-event.js';

import { Reason } from '../inbox/reasons.js';
import { audienceOf, type Telling } from './audience.js';

const id = '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11';
const parent = '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b22';
const at = '2026-11-20T10:15:00.123+00:00';

const reaction = reactionData({ reactionId: id, reactedAt: at });
const comment = commentData({ commentId: id, commentedAt: at });
const post = { postId: 'p1', actorId: 'ana', version: 1, publishedAt: at };
const follow = { actorId: 'ben', followeeId: 'ana', version: 1, followedAt: at };

function audience<T extends EventsOf<'notification'>>(type: T, data: EventData<T>) {
  const event = parseEvent({ ...eventOf(type, data), time: at });
  return audienceOf(event as AnyEvent<EventsOf<'notification'>>);
}

function telling<T extends EventsOf<'notification'>>(type: T, data: EventData<T>): Telling {
  const answer = audience(type, data);
  if (answer.kind !== 'tell') throw new Error(`${type} tells nobody`);
  return answer;
}

describe('who is told', () => {
  it('the author of a post, of a reaction to it', () => {
    const { act, direct, crowd, dependsOn } = telling('reaction.added.v1', reaction);
    expect([...direct]).toEqual([['ana', Reason.reaction]]);
    expect(act.placements.reaction).toMatchObject({ key: 'reaction:post:p1', subjectAct: null });
    expect(act).toMatchObject({ actorId: 'ben', reaction: 'like', postId: 'p1', version: 1, at });
    expect(crowd).toBeNull();
    expect(dependsOn).toEqual(['post:p1']);
  });

  it('the author of a comment, of a reaction to it, which falls with comment and post', () => {
    const { act, dependsOn } = telling('reaction.changed.v1', {
      ...reaction,
      subjectKind: 'comment',
      subjectId: parent,
      previousReaction: 'wow',
    });
    expect(act.placements.reaction).toMatchObject({
      key: `reaction:comment:${parent}`,
      subjectAct: `comment:${parent}`,
    });
    expect(dependsOn).toEqual([`comment:${parent}`, 'post:p1']);
  });

  it('the author of a post, of a comment; and who follows the thread', () => {
    const { direct, crowd, act, mentions, replacesMentions } = telling('comment.added.v1', {
      ...comment,
      mentions: ['cy'],
    });
    expect([...direct]).toEqual([['ana', Reason.comment]]);
    expect(crowd).toBe('thread');
    expect(mentions).toEqual(['cy']);
    expect(replacesMentions).toBe(false);
    expect(Object.entries(act.placements).map(([name, place]) => [name, place.type, place.key])).toEqual([
      ['mention', 'mention', `mention:${id}`],
      ['comment', 'comment', 'comment:p1'],
      ['thread', 'thread', 'thread:p1'],
    ]);
  });

  it('the author of the parent, of a reply, besides the author of the post', () => {
    const { direct, act, dependsOn } = telling('comment.added.v1', {
      ...comment,
      parentId: parent,
      parentAuthorId: 'cy',
    });
    expect([...direct]).toEqual([
      ['cy', Reason.reply],
      ['ana', Reason.comment],
    ]);
    expect(act.placements.reply).toMatchObject({ key: `reply:${parent}`, subjectAct: `comment:${parent}` });
    expect(dependsOn).toEqual([`comment:${parent}`, 'post:p1']);
  });

  it('one person for both reasons who wrote parent and post', () => {
    const { direct } = telling('comment.added.v1', { ...comment, parentId: parent, parentAuthorId: 'ana' });
    expect([...direct]).toEqual([['ana', Reason.reply | Reason.comment]]);
  });

  it('nobody new by an edit but those it mentions', () => {
    const edited = telling('comment.edited.v1', { ...comment, version: 2, mentions: ['cy'] });
    expect(edited).toMatchObject({ crowd: null, mentions: ['cy'], replacesMentions: true });
  });

  it('of a change of something old, which inboxes may have forgotten, only who still has it', () => {
    const [fresh, old] = ['2026-10-22T10:15:00.123+00:00', '2026-10-20T10:15:00.123+00:00'];
    const edited = (commentedAt: string) =>
      telling('comment.edited.v1', { ...comment, version: 2, commentedAt }).late;
    const changed = (reactedAt: string) =>
      telling('reaction.changed.v1', { ...reaction, previousReaction: 'wow', version: 2, reactedAt }).late;
    expect([edited(fresh), changed(fresh)]).toEqual([false, false]);
    expect([edited(old), changed(old)]).toEqual([true, true]);
  });

  it('followers of the author, of a post; several posts of one author share a group', () => {
    const { act, crowd, direct } = telling('post.published.v1', { ...post, mentions: ['cy'] });
    expect(crowd).toBe('followers');
    expect(direct.size).toBe(0);
    expect(act.placements.post?.key).toBe('post:ana');
    expect(act.placements.mention?.key).toBe('mention:p1');
  });

  it('who is followed', () => {
    const { direct, act } = telling('user.followed.v1', follow);
    expect([...direct]).toEqual([['ana', Reason.follow]]);
    expect(act).toMatchObject({ id: 'follow:ben:ana', placements: { follow: { key: 'follow' } } });
  });

  it('never who did it', () => {
    expect(telling('reaction.added.v1', { ...reaction, actorId: 'ana' }).direct.size).toBe(0);
    expect(telling('user.followed.v1', { ...follow, actorId: 'ana' }).direct.size).toBe(0);
    const own = { ...comment, actorId: 'ana', parentId: parent, parentAuthorId: 'ana' };
    expect(telling('comment.added.v1', own).direct.size).toBe(0);
    expect(telling('comment.edited.v1', own).direct.size).toBe(0);
  });
});

describe('what is taken back', () => {
  it('a reaction and a follow alone, with their versions', () => {
    expect(audience('reaction.removed.v1', { ...reaction, version: 2 })).toEqual({
      kind: 'retract',
      actId: `reaction:${id}`,
      version: 2,
      also: [],
    });
    expect(audience('user.unfollowed.v1', { ...follow, version: 2 })).toMatchObject({
      actId: 'follow:ben:ana',
      also: [],
    });
  });

  it('a comment with what is about it, a post with all that is under it', () => {
    expect(audience('comment.removed.v1', { ...comment, version: 3 })).toMatchObject({
      actId: `comment:${id}`,
      version: 3,
      also: ['subject'],
    });
    expect(audience('post.removed.v1', { ...post, version: 2 })).toMatchObject({
      actId: 'post:p1',
      version: 2,
      also: ['post'],
    });
  });

  it.each([
    ['mute', true],
    ['follow', false],
    ['default', false],
  ] as const)('a thread is muted by the level %s: %s', (level, muted) => {
    expect(audience('thread.level_changed.v1', { actorId: 'cy', postId: 'p1', level, version: 4 })).toEqual({
      kind: 'thread-level',
      recipientId: 'cy',
      postId: 'p1',
      muted,
      version: 4,
    });
  });
});
