import { randomUUID } from 'node:crypto';

import * as beckonV1 from '#contracts/generated/beckon/v1/beckon.js';
import { Beckon } from '#testkit/beckon.js';
import { GrpcCaller } from '#testkit/grpc.js';
import { insist } from '#testkit/insist.js';
import { signToken } from '#testkit/tokens.js';

const crowd = Array.from({ length: 7 }, (_, n) => `crowd-${n}`);
const many = (count: number, value = 'x') => Array.from({ length: count }, () => value);

let beckon: Beckon;
let grpc: GrpcCaller;
let comments: string[];

beforeAll(async () => {
  beckon = await Beckon.start();
  grpc = new GrpcCaller(beckon.grpcAddress, await signToken('network', { scope: 'service' }));
  await beckon.people('ana', 'ben', 'cy', 'star', ...crowd);
  const service = await beckon.asService();
  await service.post('/v1/batch/follows', {
    follows: crowd.map((follower) => ({ follower, followee: 'star' })),
  });
  const ana = await beckon.as('ana');
  await insist(() => ana.post('/v1/posts', { id: 'p1', body: 'Hello\nworld' }));
  await insist(() => ana.post('/v1/posts', { id: 'removed', body: 'Gone' }));
  await ana.delete('/v1/posts/removed');
  comments = [];
  for (const who of ['ben', 'cy', 'ana']) {
    const api = await beckon.as(who);
    comments.push((await insist(() => api.post('/v1/posts/p1/comments', { body: `By ${who}` }))).id);
  }
});
afterAll(async () => {
  grpc?.close();
  await beckon?.stop();
});

const getProfiles = (ids: string[]) =>
  grpc.call(beckonV1.UserProfileServiceClient, (client) => client.getProfiles, { ids });
const listFollowers = (request: Partial<beckonV1.ListFollowersRequest>) =>
  grpc.call(beckonV1.SocialGraphServiceClient, (client) => client.listFollowers, {
    userId: 'star',
    followedBefore: new Date(Date.now() + 60_000).toISOString(),
    after: '',
    limit: 100,
    ...request,
  });

describe('UserProfileService', () => {
  it('gets profiles, those that there are, up to 500', async () => {
    const answer = await getProfiles(['ben', 'nobody', 'ana', 'ben']);
    const found = (answer as beckonV1.GetProfilesResponse).profiles.toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    );
    expect(found).toMatchObject([
      { id: 'ana', handle: 'ana', displayName: 'ana the person' },
      { id: 'ben', handle: 'ben', displayName: 'ben the person' },
    ]);
    expect(JSON.stringify(answer)).not.toMatch(/email/i);
    expect(await getProfiles(many(500))).toEqual({ profiles: [] });
    for (const ids of [many(501), ['a.b'], ['ana\0'], ['']]) {
      expect(await getProfiles(ids)).toBe('INVALID_ARGUMENT');
    }
  });

  it('resolves handles, whatever their letter case, up to 50', async () => {
    const resolve = (handles: string[]) =>
      grpc.call(beckonV1.UserProfileServiceClient, (client) => client.resolveHandles, { handles });
    const answer = (await resolve(['ANA', 'nobody', 'Cy'])) as beckonV1.ResolveHandlesResponse;
    expect(answer.resolved.toSorted((a, b) => (a.userId < b.userId ? -1 : 1))).toEqual([
      { handle: 'ANA', userId: 'ana' },
      { handle: 'Cy', userId: 'cy' },
    ]);
    expect(await resolve(many(50, 'none'))).toEqual({ resolved: [] });
    for (const handles of [many(51, 'none'), ['a-b'], ['ana\0'], ['']]) {
      expect(await resolve(handles)).toBe('INVALID_ARGUMENT');
    }
  });
});

describe('SocialGraphService', () => {
  it('pages followers by id, those from before a time', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const page = (await listFollowers({ after, limit: 3 })) as beckonV1.ListFollowersResponse;
      expect(page.followerIds.length).toBeLessThanOrEqual(3);
      seen.push(...page.followerIds);
      after = page.followerIds.at(-1) ?? '';
    } while (after !== '');
    expect(seen).toEqual(crowd);
    expect(await listFollowers({ followedBefore: '2020-01-01T00:00:00Z' })).toEqual({ followerIds: [] });
    expect(await listFollowers({ userId: 'nobody', limit: 5_000 })).toEqual({ followerIds: [] });
    const bad: Partial<beckonV1.ListFollowersRequest>[] = [
      { limit: 0 },
      { limit: -1 },
      { limit: 5_001 },
      { userId: '' },
      { userId: 'star\0' },
      { after: 'a.b' },
      { followedBefore: '' },
      { followedBefore: 'now' },
      { followedBefore: 'infinity' },
      { followedBefore: '2026-01-01' },
      { followedBefore: '0000-01-01T00:00:00Z' },
    ];
    for (const request of bad)
      expect([request, await listFollowers(request)]).toEqual([request, 'INVALID_ARGUMENT']);
  });

  it('answers who follows whom in the order asked, up to 5000', async () => {
    const follow = (pairs: beckonV1.FollowPair[]) =>
      grpc.call(beckonV1.SocialGraphServiceClient, (client) => client.areFollowing, { pairs });
    const pair = (followerId: string, followeeId: string) => ({ followerId, followeeId });
    const asked = [pair('crowd-1', 'star'), pair('star', 'crowd-1'), pair('crowd-1', 'star'), pair('x', 'y')];
    expect(await follow(asked)).toEqual({ following: [true, false, true, false] });
    expect(await follow([])).toEqual({ following: [] });
    const most = Array.from({ length: 5_000 }, () => pair('crowd-1', 'star'));
    expect(((await follow(most)) as beckonV1.AreFollowingResponse).following).toHaveLength(5_000);
    expect(await follow([...most, pair('a', 'b')])).toBe('INVALID_ARGUMENT');
    expect(await follow([pair('a\0', 'b')])).toBe('INVALID_ARGUMENT');
  });
});

describe('PostService', () => {
  it('gets posts that stand, up to 100', async () => {
    const get = (ids: string[]) =>
      grpc.call(beckonV1.PostServiceClient, (client) => client.getPosts, { ids });
    expect(await get(['removed', 'p1', 'never', 'p1\0', 'a.b'])).toEqual({
      posts: [
        {
          id: 'p1',
          authorId: 'ana',
          excerpt: 'Hello world',
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        },
      ],
    });
    expect(await get(many(100))).toEqual({ posts: [] });
    expect(await get(many(101))).toBe('INVALID_ARGUMENT');
  });
});

describe('CommentService', () => {
  it('gets comments that stand, up to 100', async () => {
    const get = (ids: string[]) =>
      grpc.call(beckonV1.CommentServiceClient, (client) => client.getComments, { ids });
    expect(await get([comments[0] ?? '', randomUUID(), 'no id', '\0'])).toMatchObject({
      comments: [{ id: comments[0], postId: 'p1', postAuthorId: 'ana', authorId: 'ben', excerpt: 'By ben' }],
    });
    expect(await get(many(100))).toEqual({ comments: [] });
    expect(await get(many(101))).toBe('INVALID_ARGUMENT');
  });

  it('lists who hears of a comment: who spoke before or follows, less who muted it', async () => {
    const list = (request: Partial<beckonV1.ListThreadFollowersRequest>) =>
      grpc.call(beckonV1.CommentServiceClient, (client) => client.listThreadFollowers, {
        commentId: comments[2] ?? '',
        after: '',
        limit: 100,
        ...request,
      });
    expect(await list({})).toEqual({ userIds: ['ben', 'cy'] });
    expect(await list({ commentId: comments[0] ?? '' })).toEqual({ userIds: [] });
    const [follower, muter] = [await beckon.as('crowd-3'), await beckon.as('cy')];
    await insist(() => follower.put('/v1/posts/p1/thread', { level: 'follow' }));
    await insist(() => muter.put('/v1/posts/p1/thread', { level: 'mute' }));
    expect(await list({})).toEqual({ userIds: ['ben', 'crowd-3'] });
    expect(await list({ limit: 1 })).toEqual({ userIds: ['ben'] });
    expect(await list({ after: 'ben', limit: 1 })).toEqual({ userIds: ['crowd-3'] });
    expect(await list({ commentId: randomUUID() })).toEqual({ userIds: [] });
    for (const bad of [{ commentId: 'p1' }, { after: 'a.b' }, { limit: 0 }, { limit: 5_001 }]) {
      expect(await list(bad)).toBe('INVALID_ARGUMENT');
    }
  });
});

describe('EventLedger', () => {
  it('finds those events that a consumer has not settled, up to 1000', async () => {
    await beckon.drain();
    const rows = await beckon.database.query<{ id: string }>(
      `SELECT id FROM comment.outbox WHERE type LIKE 'comment.%'`,
    );
    const settled = rows.map(({ id }) => id);
    expect(settled.length).toBeGreaterThan(2);
    const [one, other] = [randomUUID(), randomUUID()];
    const find = (eventIds: string[], consumer = 'notification') =>
      grpc.call(beckonV1.EventLedgerClient, (client) => client.findUnsettled, { consumer, eventIds });
    for (const consumer of ['notification', 'user']) {
      const answer = await find([one, ...settled, other], consumer);
      expect((answer as beckonV1.FindUnsettledResponse).eventIds.toSorted()).toEqual([one, other].toSorted());
    }
    expect(await find([])).toEqual({ eventIds: [] });
    const most = Array.from({ length: 1_000 }, () => randomUUID());
    expect(((await find(most)) as beckonV1.FindUnsettledResponse).eventIds).toHaveLength(1_000);
    expect(await find([...most, one])).toBe('INVALID_ARGUMENT');
    expect(await find(['no uuid'])).toBe('INVALID_ARGUMENT');
    for (const consumer of ['', 'nobody', '__proto__', 'constructor']) {
      expect(await find([one], consumer)).toBe('NOT_FOUND');
    }
  });
});

describe('AdminService', () => {
  it('is for operators, as over REST, and not for whoever acts for people', async () => {
    const describeApp = (token?: string) =>
      grpc.call(
        beckonV1.AdminServiceClient,
        (client) => client.describeApp,
        { app: 'notification' },
        ...(token === undefined ? [] : [token]),
      );
    expect(await describeApp()).toBe('UNAUTHENTICATED');
    expect(await describeApp(await signToken('operator', { scope: 'admin' }))).toMatchObject({
      queue: { name: 'notification.fanout' },
    });
  });

  it('declines texts that PostgreSQL cannot hold', async () => {
    const [app, id, limit, unstorable] = ['notification', randomUUID(), 1, 'a\0b'];
    const admin = beckonV1.AdminServiceClient;
    const operator = await signToken('operator', { scope: 'admin' });
    const discard = (reason: string) =>
      grpc.call(admin, (client) => client.discardDeadLetter, { app, id, reason }, operator);
    expect(await discard('made by a broken client')).toEqual({ discarded: false });
    expect(await discard(unstorable)).toBe('INVALID_ARGUMENT');
    expect(await discard('x'.repeat(501))).toBe('INVALID_ARGUMENT');
    const type = unstorable;
    expect(
      await grpc.call(admin, (client) => client.redriveDeadLetters, { app, type, limit }, operator),
    ).toBe('INVALID_ARGUMENT');
    expect(await grpc.call(admin, (client) => client.listDeadLetters, { app, type, limit }, operator)).toBe(
      'INVALID_ARGUMENT',
    );
  });
});
