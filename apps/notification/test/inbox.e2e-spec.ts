import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';

const NONE = '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11';
const crowd = Array.from({ length: 6 }, (_, n) => `crowd-${n}`);

interface Group {
  readonly id: string;
  readonly type: string;
  readonly activitySeq: number;
  readonly subject: { readonly id: string };
}

let beckon: Beckon;
const subjectsOf = (groups: Group[]) => groups.map(({ subject }) => subject.id);

/** ana has four groups: reactions to p1, p2 and p3, and a follow, in this order. */
beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana', 'ben', ...crowd);
  const [ana, ben] = [await beckon.as('ana'), await beckon.as('ben')];
  for (const id of ['p1', 'p2', 'p3']) {
    await insist(() => ana.post('/v1/posts', { id, body: `Post ${id}` }));
    await insist(() => ben.post(`/v1/posts/${id}/reactions`, { type: 'like' }));
    await beckon.drain();
  }
  await insist(() => ben.put('/v1/me/following/ana'));
  await beckon.drain();
});
afterAll(() => beckon?.stop());

describe('the inbox', () => {
  it('lists groups by newest activity with the people they name and the counts', async () => {
    const { status, body } = await (await beckon.as('ana')).get('/v1/notifications');
    expect(status).toBe(200);
    expect(subjectsOf(body.groups)).toEqual(['ana', 'p3', 'p2', 'p1']);
    expect(body.groups[3]).toMatchObject({
      type: 'reaction',
      subject: { kind: 'post', id: 'p1', excerpt: 'Post p1' },
      actorIds: ['ben'],
      actorCount: 1,
      reactions: { like: 1 },
      title: 'ben the person reacted to your post',
      seen: false,
      readAt: null,
      archivedAt: null,
      url: null,
    });
    expect(Object.keys(body.users).toSorted()).toEqual(['ana', 'ben']);
    expect(body.users.ben).toEqual({
      id: 'ben',
      handle: 'ben',
      displayName: 'ben the person',
      avatarUrl: null,
    });
    expect(body.counts).toMatchObject({ unread: 4, unseen: 4 });
    expect(body.page).toEqual({ next: null });
  });

  it('is read page by page and by type', async () => {
    const ana = await beckon.as('ana');
    const first = (await ana.get('/v1/notifications?limit=3')).body;
    expect(subjectsOf(first.groups)).toEqual(['ana', 'p3', 'p2']);
    const second = (await ana.get(`/v1/notifications?limit=3&cursor=${first.page.next}`)).body;
    expect(subjectsOf(second.groups)).toEqual(['p1']);
    expect(second.page.next).toBeNull();
    expect(second.counts).toEqual(first.counts);
    expect(subjectsOf((await ana.get('/v1/notifications?type=follow')).body.groups)).toEqual(['ana']);
    const reactions = (await ana.get('/v1/notifications?type=reaction&limit=1')).body;
    expect(subjectsOf(reactions.groups)).toEqual(['p3']);
    const next = `/v1/notifications?type=reaction&cursor=${reactions.page.next}`;
    expect(subjectsOf((await ana.get(next)).body.groups)).toEqual(['p2', 'p1']);
    expect((await ana.get('/v1/notifications?type=mention')).body.groups).toEqual([]);
  });

  it('of a person who has none is empty', async () => {
    const { body } = await (await beckon.as('nobody-yet')).get('/v1/notifications');
    expect(body).toEqual({
      groups: [],
      users: {},
      counts: { unread: 0, unseen: 0, seq: 0 },
      page: { next: null },
    });
    const counts = (await (await beckon.as('nobody-yet')).get('/v1/notifications/counts')).body;
    expect(counts).toEqual({ unread: 0, unseen: 0, seq: 0 });
  });

  it('has counts that equal those of the list', async () => {
    const ana = await beckon.as('ana');
    const { counts } = (await ana.get('/v1/notifications?limit=1')).body;
    expect((await ana.get('/v1/notifications/counts')).body).toEqual(counts);
  });

  it('speaks the language of the profile, else the one asked for, else English', async () => {
    const ana = await beckon.as('ana');
    const titleFor = async (language: string) =>
      (await ana.get('/v1/notifications?type=follow', { 'accept-language': language })).body.groups[0].title;
    const english = await titleFor('en');
    const german = await titleFor('tlh, de;q=0.8, en;q=0.1');
    expect(german).not.toBe(english);
    expect(await titleFor('tlh')).toBe(english);
    await ana.put('/v1/users/ana', { handle: 'ana', displayName: 'Ana', locale: 'de-AT' });
    expect(await titleFor('en')).toBe(german);
    await ana.put('/v1/users/ana', { handle: 'ana', displayName: 'Ana' });
  });

  it.each([
    ['state=deleted', 'query.state'],
    ['type=like', 'query.type'],
    ['type=reaction&type=follow', 'query.type'],
    ['limit=0', 'query.limit'],
    ['limit=101', 'query.limit'],
    ['cursor=nonsense', 'query.cursor'],
    [`cursor=${Buffer.from('-1').toString('base64url')}`, 'query.cursor'],
    [`cursor=${Buffer.from('1e30').toString('base64url')}`, 'query.cursor'],
    [`cursor=${Buffer.from('"1"').toString('base64url')}`, 'query.cursor'],
    ['unread=true', 'query'],
  ])('is not read for %s', async (query, path) => {
    const ana = await beckon.as('ana');
    expectProblem(await ana.get(`/v1/notifications?${query}`), 400, 'INVALID_INPUT', path);
  });

  it('shows one group and its actors, page by page, latest first', async () => {
    const ana = await beckon.as('ana');
    for (const who of crowd) {
      const api = await beckon.as(who);
      await insist(() => api.post('/v1/posts/p1/reactions', { type: 'wow' }));
    }
    await beckon.drain();
    const [listed] = (await ana.get('/v1/notifications?type=reaction')).body.groups;
    expect(listed).toMatchObject({ subject: { id: 'p1' }, actorCount: 7, reactions: { like: 1, wow: 6 } });
    const one = await ana.get(`/v1/notifications/${listed.id}`);
    expect(one).toMatchObject({ status: 200, body: listed });

    const actors: { userId: string; reaction: string; latestAt: string }[] = [];
    let cursor = '';
    do {
      const { body } = await ana.get(`/v1/notifications/${listed.id}/actors?limit=3${cursor}`);
      actors.push(...body.actors);
      for (const { userId } of body.actors) expect(body.users[userId]).toMatchObject({ id: userId });
      cursor = body.page.next === null ? '' : `&cursor=${body.page.next}`;
    } while (cursor !== '');
    expect(actors).toHaveLength(7);
    expect(actors.slice(0, 3).map(({ userId }) => userId)).toEqual(listed.actorIds);
    expect(actors.map(({ userId }) => userId).toSorted()).toEqual(['ben', ...crowd]);
    expect(actors.find(({ userId }) => userId === 'ben')?.reaction).toBe('like');
    for (const query of ['limit=0', 'cursor=W10', 'state=all']) {
      const bad = await ana.get(`/v1/notifications/${listed.id}/actors?${query}`);
      expectProblem(bad, 400, 'INVALID_INPUT');
    }
  });
});

describe("somebody else's group", () => {
  const routes = [
    ['GET', ''],
    ['GET', '/actors'],
    ['POST', '/read'],
    ['POST', '/unread'],
    ['POST', '/archive'],
    ['POST', '/unarchive'],
  ] as const;

  it.each(routes)('is for %s …%s the same as one that does not exist', async (method, suffix) => {
    const ana = await beckon.as('ana');
    const before = (await ana.get('/v1/notifications')).body;
    const ben = await beckon.as('ben');
    const path = (id: string) => `/v1/notifications/${id}${suffix}`;
    const foreign = await ben.request(method, path(before.groups[0].id));
    const none = await ben.request(method, path(NONE));
    expectProblem(foreign, 404, 'NOTIFICATION_NOT_FOUND');
    const { requestId: _, ...foreignBody } = foreign.body as Record<string, unknown>;
    expect({ ...(none.body as object), requestId: undefined }).toEqual({
      ...foreignBody,
      requestId: undefined,
    });
    const named = (headers: Headers) =>
      [...headers.keys()].filter((name) => !['date', 'x-request-id'].includes(name));
    expect(named(foreign.headers)).toEqual(named(none.headers));
    expect((await ana.get('/v1/notifications')).body).toEqual(before);
    for (const id of ['p1', `${NONE}0`]) {
      expectProblem(await ben.request(method, path(id)), 400, 'INVALID_INPUT', 'param.groupId');
    }
    expectProblem(
      await beckon.withHeaders({}).request(method, path(before.groups[0].id)),
      401,
      'UNAUTHENTICATED',
    );
  });

  it('cannot be paged through with its cursor', async () => {
    const { next } = (await (await beckon.as('ana')).get('/v1/notifications?limit=1')).body.page;
    const { body } = await (await beckon.as('ben')).get(`/v1/notifications?cursor=${next}`);
    expect(body.groups).toEqual([]);
  });
});
