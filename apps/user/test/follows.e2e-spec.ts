import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';

const crowd = Array.from({ length: 25 }, (_, n) => `crowd-${String(n).padStart(2, '0')}`);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana', 'ben', 'cy', 'star', 'doer', ...crowd);
});
afterAll(() => beckon?.stop());

describe('follows', () => {
  const countsOf = async (id: string) => {
    const { body } = await (await beckon.asService()).get(`/v1/users/${id}`);
    return { followers: body.followers, following: body.following };
  };

  it('are made and taken back once, however often that is asked', async () => {
    const ben = await beckon.as('ben');
    for (let n = 0; n < 3; n++) expect((await ben.put('/v1/me/following/ana')).status).toBe(204);
    expect(await countsOf('ana')).toEqual({ followers: 1, following: 0 });
    expect(await countsOf('ben')).toEqual({ followers: 0, following: 1 });
    await beckon.drain();
    const inbox = (await (await beckon.as('ana')).get('/v1/notifications?type=follow')).body;
    expect(inbox.groups).toMatchObject([{ actorCount: 1, actorIds: ['ben'] }]);

    for (let n = 0; n < 3; n++) expect((await ben.delete('/v1/me/following/ana')).status).toBe(204);
    expect(await countsOf('ana')).toEqual({ followers: 0, following: 0 });
    expect(await countsOf('ben')).toEqual({ followers: 0, following: 0 });
  });

  it('asked for many times at once are one', async () => {
    const cy = await beckon.as('cy');
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => cy.put('/v1/me/following/ana')),
      ...Array.from({ length: 10 }, async () => (await beckon.as('ana')).put('/v1/me/following/cy')),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await countsOf('ana')).toEqual({ followers: 1, following: 1 });
    expect(await countsOf('cy')).toEqual({ followers: 1, following: 1 });
  });

  it.each(['put', 'delete'] as const)('are refused (%s) for nobody and by nobody', async (method) => {
    const ana = await beckon.as('ana');
    expectProblem(await ana[method]('/v1/me/following/nobody'), 404, 'USER_NOT_FOUND');
    const stranger = await beckon.as('stranger');
    expectProblem(await stranger[method]('/v1/me/following/ana'), 409, 'PROFILE_REQUIRED');
    expectProblem(await ana[method]('/v1/me/following/a.b'), 400, 'INVALID_INPUT', 'param.userId');
    expectProblem(await beckon.withHeaders({})[method]('/v1/me/following/ana'), 401, 'UNAUTHENTICATED');
  });

  it('of oneself are refused', async () => {
    expectProblem(await (await beckon.as('ana')).put('/v1/me/following/ana'), 400, 'FOLLOW_SELF');
  });

  it('are listed newest first, page by page, through those of the same moment', async () => {
    const service = await beckon.asService();
    const follows = crowd.map((follower) => ({ follower, followee: 'star' }));
    const loaded = await service.post('/v1/batch/follows', { follows: follows.slice(0, 20) });
    expect(loaded).toMatchObject({ status: 200, body: { created: 20 } });
    for (const { follower } of follows.slice(20)) {
      const api = await beckon.as(follower);
      await insist(() => api.put('/v1/me/following/star'));
    }
    const star = await beckon.as('star');
    const seen: { id: string; followedAt: string }[] = [];
    const sizes: number[] = [];
    let cursor = '';
    do {
      const { status, body } = await star.get(`/v1/me/followers?limit=7${cursor}`);
      expect(status).toBe(200);
      seen.push(...body.users);
      sizes.push(body.users.length);
      cursor = body.page.next === null ? '' : `&cursor=${body.page.next}`;
    } while (cursor !== '');
    expect(sizes).toEqual([7, 7, 7, 4]);
    expect(seen.map(({ id }) => id).toSorted()).toEqual(crowd);
    expect(seen.slice(0, 5).map(({ id }) => id)).toEqual(crowd.slice(20).toReversed());
    const times = seen.map(({ followedAt }) => followedAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect((await star.get('/v1/me/followers')).body.users).toHaveLength(20);

    const following = (await (await beckon.as('crowd-00')).get('/v1/me/following')).body;
    expect(following).toEqual({
      users: [
        {
          id: 'star',
          handle: 'star',
          displayName: 'star the person',
          avatarUrl: null,
          followedAt: expect.any(String),
        },
      ],
      page: { next: null },
    });
  });

  it("show nothing of somebody else's for their cursor", async () => {
    const cursor = (await (await beckon.as('star')).get('/v1/me/followers?limit=1')).body.page.next;
    const other = (await (await beckon.as('stranger')).get(`/v1/me/followers?cursor=${cursor}`)).body;
    expect(other).toEqual({ users: [], page: { next: null } });
  });

  it.each([
    ['a cursor of nonsense', 'cursor=nonsense', 'query.cursor'],
    ['an empty cursor', 'cursor=', 'query.cursor'],
    ['a cursor of another shape', `cursor=${encode({ at: 1 })}`, 'query.cursor'],
    ['a cursor of a number', `cursor=${encode(7)}`, 'query.cursor'],
    ['a cursor with NUL', `cursor=${encode({ at: '2026-01-01T00:00:00Z', id: '\0' })}`, 'query.cursor'],
    [
      'a cursor past all time',
      `cursor=${encode({ at: '9999-12-31T23:59:59-14:00', id: 'a' })}`,
      'query.cursor',
    ],
    ['a cursor of 401 characters', `cursor=${'a'.repeat(401)}`, 'query.cursor'],
    ['two cursors', `cursor=a&cursor=b`, 'query.cursor'],
    ['limit 0', 'limit=0', 'query.limit'],
    ['limit 101', 'limit=101', 'query.limit'],
    ['limit 1.5', 'limit=1.5', 'query.limit'],
    ['a limit in words', 'limit=many', 'query.limit'],
    ['an unknown parameter', 'offset=3', 'query'],
  ])('are not listed for %s', async (_, query, path) => {
    const ana = await beckon.as('ana');
    for (const list of ['followers', 'following', 'activity', 'mutes', 'blocks']) {
      expectProblem(await ana.get(`/v1/me/${list}?${query}`), 400, 'INVALID_INPUT', path);
    }
  });

  it('come 1000 at a time, count once, and tell nobody unless asked to', async () => {
    const service = await beckon.asService();
    const many = Array.from({ length: 999 }, (_, n) => `many-${n}`);
    await beckon.people('loud', ...many);
    const follows = many.map((follower) => ({ follower, followee: 'loud' }));
    const batch = [...follows, { follower: 'many-0', followee: 'loud' }];
    expect((await service.post('/v1/batch/follows', { follows: batch })).body).toEqual({ created: 999 });
    expect((await service.post('/v1/batch/follows', { follows: batch })).body).toEqual({ created: 0 });
    expect(await countsOf('loud')).toEqual({ followers: 999, following: 0 });
    await beckon.drain();
    const loud = await beckon.as('loud');
    expect((await loud.get('/v1/notifications')).body.groups).toEqual([]);

    const told = await service.post('/v1/batch/follows', {
      follows: [{ follower: 'ana', followee: 'loud' }, ...follows],
      notify: true,
    });
    expect(told.body).toEqual({ created: 1 });
    await beckon.drain();
    expect((await loud.get('/v1/notifications')).body.groups).toMatchObject([
      { type: 'follow', actorIds: ['ana'], actorCount: 1 },
    ]);
  });

  it('are all refused for one that is bad, which is named', async () => {
    const service = await beckon.asService();
    const good = { follower: 'ben', followee: 'star' };
    const before = await countsOf('star');
    const bad: [unknown[], string][] = [
      [[good, { follower: 'ben', followee: 'nobody' }], 'body.follows.1.followee'],
      [[good, { follower: 'nobody', followee: 'ben' }], 'body.follows.1.follower'],
      [[good, { follower: 'ben', followee: 'ben' }], 'body.follows.1'],
      [[good, { ...good, since: 1 }], 'body.follows.1'],
      [[good, { follower: 'a.b', followee: 'ben' }], 'body.follows.1.follower'],
      [Array.from({ length: 1001 }, () => good), 'body.follows'],
      [[], 'body.follows'],
    ];
    for (const [follows, path] of bad) {
      expectProblem(await service.post('/v1/batch/follows', { follows }), 400, 'INVALID_INPUT', path);
    }
    expect(await countsOf('star')).toEqual(before);
  });
});

describe('the activity log', () => {
  it('tells a person what they did, newest first, in pages, and nobody else', async () => {
    const doer = await beckon.as('doer');
    await doer.post('/v1/posts', { id: 'p1', body: 'Hello' });
    const comment = (await doer.post('/v1/posts/p1/comments', { body: 'First' })).body.id as string;
    await doer.patch(`/v1/comments/${comment}`, { body: 'Edited' });
    await doer.post('/v1/posts/p1/reactions', { type: 'like' });
    await doer.post('/v1/posts/p1/reactions', { type: 'like' });
    await doer.post('/v1/posts/p1/reactions', { type: 'wow' });
    await doer.delete('/v1/posts/p1/reactions/mine');
    await doer.put('/v1/me/following/ben');
    await doer.delete('/v1/me/following/ben');
    await doer.delete(`/v1/comments/${comment}`);
    await doer.delete('/v1/posts/p1');
    await beckon.drain();

    const log: { id: string; verb: string; subject: { kind: string; id: string }; at: string }[] = [];
    let cursor = '';
    do {
      const { body } = await doer.get(`/v1/me/activity?limit=4${cursor}`);
      log.push(...body.activities);
      cursor = body.page.next === null ? '' : `&cursor=${body.page.next}`;
    } while (cursor !== '');
    const post = { kind: 'post', id: 'p1' };
    const said = { kind: 'comment', id: comment };
    const other = { kind: 'user', id: 'ben' };
    expect(log.map(({ verb, subject }) => [verb, subject])).toEqual([
      ['removed_post', post],
      ['removed_comment', said],
      ['unfollowed', other],
      ['followed', other],
      ['unreacted', post],
      ['changed_reaction', post],
      ['reacted', post],
      ['edited_comment', said],
      ['commented', said],
      ['posted', post],
    ]);
    expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
    expect((await (await beckon.as('ben')).get('/v1/me/activity')).body.activities).not.toContainEqual(
      log[0],
    );
  });
});
