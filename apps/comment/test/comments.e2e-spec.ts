import { acquaint } from '#testkit/acquaint.js';
import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';

const NONE = '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11';

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana', 'ben', 'cy', 'di', 'talker', 'lurker');
  const ana = await beckon.as('ana');
  for (const id of ['p1', 'p2', 'paged', 'thread']) {
    await insist(() => ana.post('/v1/posts', { id, body: `Post ${id}` }));
  }
  await acquaint(beckon, ['ana', 'ben', 'cy', 'di', 'talker', 'lurker'], ['p1', 'p2', 'paged', 'thread']);
});
afterAll(() => beckon?.stop());

const comment = async (who: string, postId: string, body: string, parentId?: string) => {
  const api = await beckon.as(who);
  return insist(() => api.post(`/v1/posts/${postId}/comments`, { body, parentId }));
};
const idOf = ({ id }: { id: string }) => id;

describe('comments', () => {
  it('are added to a post, and replies to a comment of it', async () => {
    const ben = await beckon.as('ben');
    const first = await ben.post('/v1/posts/p1/comments', { body: ' What a view! ' });
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      postId: 'p1',
      authorId: 'ben',
      parentId: null,
      body: 'What a view!',
      createdAt: expect.stringMatching(/Z$/),
      editedAt: null,
    });
    const reply = await (
      await beckon.as('cy')
    ).post('/v1/posts/p1/comments', { body: 'Yes', parentId: first.body.id.toUpperCase() });
    expect(reply).toMatchObject({ status: 201, body: { parentId: first.body.id, authorId: 'cy' } });
    expect((await ben.get(`/v1/comments/${reply.body.id}`)).body).toEqual(reply.body);
  });

  it('are listed oldest first, page by page, replies of removed ones included', async () => {
    const made: string[] = [];
    for (let n = 0; n < 7; n++) made.push((await comment('ben', 'paged', `Number ${n}`, made.at(-1))).id);
    await (await beckon.as('ben')).delete(`/v1/comments/${made[2]}`);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await (await beckon.as('di')).get(`/v1/posts/paged/comments?limit=2${cursor}`);
      expect(body.comments.length).toBeLessThanOrEqual(2);
      seen.push(...body.comments.map(idOf));
      cursor = body.page.next === null ? '' : `&cursor=${body.page.next}`;
    } while (cursor !== '');
    expect(seen).toEqual(made.filter((_, n) => n !== 2));
    const orphan = (await (await beckon.as('di')).get(`/v1/comments/${made[3]}`)).body;
    expect(orphan.parentId).toBe(made[2]);
  });

  it('are edited by their author, and the same text again changes nothing', async () => {
    const ben = await beckon.as('ben');
    const before = await comment('ben', 'p1', 'Tpyo');
    const edited = await ben.patch(`/v1/comments/${before.id}`, { body: 'Typo' });
    expect(edited.status).toBe(200);
    expect(edited.body).toEqual({ ...before, body: 'Typo', editedAt: expect.stringMatching(/Z$/) });
    const again = await ben.patch(`/v1/comments/${before.id}`, { body: ' Typo ' });
    expect(again).toMatchObject({ status: 200, body: edited.body });
    for (const who of ['ana', 'cy']) {
      const other = await beckon.as(who);
      expectProblem(await other.patch(`/v1/comments/${before.id}`, { body: 'Mine' }), 403, 'FORBIDDEN');
    }
    expect((await ben.get(`/v1/comments/${before.id}`)).body).toEqual(edited.body);
  });

  it('are removed by their author or the author of the post, and by nobody else', async () => {
    const [own, onPost] = [await comment('ben', 'p1', 'Mine'), await comment('ben', 'p1', 'Rude')];
    const cy = await beckon.as('cy');
    expectProblem(await cy.delete(`/v1/comments/${own.id}`), 403, 'FORBIDDEN');
    expect((await (await beckon.as('ben')).delete(`/v1/comments/${own.id}`)).status).toBe(204);
    expect((await (await beckon.as('ana')).delete(`/v1/comments/${onPost.id}`)).status).toBe(204);
    for (const { id } of [own, onPost]) {
      for (const who of ['ana', 'ben', 'cy']) {
        const api = await beckon.as(who);
        expectProblem(await api.get(`/v1/comments/${id}`), 404, 'COMMENT_NOT_FOUND');
        expectProblem(await api.patch(`/v1/comments/${id}`, { body: 'x' }), 404, 'COMMENT_NOT_FOUND');
        expectProblem(await api.delete(`/v1/comments/${id}`), 404, 'COMMENT_NOT_FOUND');
      }
    }
  });

  it('that were removed take no replies and no reactions', async () => {
    const ben = await beckon.as('ben');
    const gone = await comment('ben', 'p1', 'Gone');
    await ben.delete(`/v1/comments/${gone.id}`);
    const reply = await ben.post('/v1/posts/p1/comments', { body: 'Re', parentId: gone.id });
    expectProblem(reply, 404, 'COMMENT_PARENT_NOT_FOUND');
    const reacted = await ben.post(`/v1/comments/${gone.id}/reactions`, { type: 'like' });
    expectProblem(reacted, 404, 'REACTION_COMMENT_NOT_FOUND');
    expectProblem(await ben.get(`/v1/comments/${gone.id}/reactions`), 404, 'REACTION_COMMENT_NOT_FOUND');
  });

  it('need a post, a parent on the same post, and an author with a profile', async () => {
    const ben = await beckon.as('ben');
    const elsewhere = await comment('ben', 'p2', 'Elsewhere');
    const say = (postId: string, parentId?: string) =>
      ben.post(`/v1/posts/${postId}/comments`, { body: 'x', parentId });
    expectProblem(await say('nowhere'), 404, 'COMMENT_POST_NOT_FOUND');
    expectProblem(await say('p1', elsewhere.id), 404, 'COMMENT_PARENT_NOT_FOUND');
    expectProblem(await say('p1', NONE), 404, 'COMMENT_PARENT_NOT_FOUND');
    expectProblem(await ben.get('/v1/posts/nowhere/comments'), 404, 'COMMENT_POST_NOT_FOUND');
    expectProblem(await ben.get(`/v1/comments/${NONE}`), 404, 'COMMENT_NOT_FOUND');
    const stranger = await beckon.as('stranger');
    expectProblem(await stranger.post('/v1/posts/p1/comments', { body: 'x' }), 409, 'PROFILE_REQUIRED');
    expect((await stranger.get('/v1/posts/p1/comments')).status).toBe(200);
  });

  it.each([
    ['nothing', {}, 'body.body'],
    ['a blank body', { body: '' }, 'body.body'],
    ['10,001 characters', { body: 'x'.repeat(10_001) }, 'body.body'],
    ['a parent that is no id', { body: 'x', parentId: 'p1' }, 'body.parentId'],
    ['a parent of null', { body: 'x', parentId: null }, 'body.parentId'],
    ['an unknown field', { body: 'x', mentions: ['ana'] }, 'body'],
  ])('are not added with %s', async (_, body, path) => {
    const ben = await beckon.as('ben');
    expectProblem(await ben.post('/v1/posts/p1/comments', body), 400, 'INVALID_INPUT', path);
  });

  it('have ids and pages that are possible', async () => {
    const ben = await beckon.as('ben');
    for (const path of ['p1', `${NONE}0`, NONE.replace('7c30', 'zzzz')]) {
      expectProblem(await ben.get(`/v1/comments/${path}`), 400, 'INVALID_INPUT', 'param.commentId');
    }
    const cursor = Buffer.from('{"at":"2026-01-01T00:00:00Z","id":"x"}').toString('base64url');
    const foreign = await ben.get(`/v1/posts/p1/comments?cursor=${cursor}`);
    expectProblem(foreign, 400, 'INVALID_INPUT', 'query.cursor');
    expectProblem(await ben.patch(`/v1/comments/${NONE}`, { body: '' }), 400, 'INVALID_INPUT', 'body.body');
  });
});

describe('the level of a thread', () => {
  const typesOf = async (who: string) => {
    const { body } = await (await beckon.as(who)).get('/v1/notifications');
    return body.groups.map(({ type, actorIds }: { type: string; actorIds: string[] }) => [type, ...actorIds]);
  };
  const level = async (who: string, to: string) =>
    (await (await beckon.as(who)).put('/v1/posts/thread/thread', { level: to })).status;

  it('lets people hear of a thread that they never spoke in, and not of one that they did', async () => {
    expect(await level('lurker', 'follow')).toBe(204);
    expect(await level('lurker', 'follow')).toBe(204);
    await comment('talker', 'thread', 'Commenting follows');
    expect(await level('talker', 'mute')).toBe(204);
    await comment('ben', 'thread', 'Who hears this?');
    await beckon.drain();
    expect(await typesOf('lurker')).toEqual([['thread', 'ben', 'talker']]);
    expect(await typesOf('talker')).toEqual([]);

    expect(await level('lurker', 'default')).toBe(204);
    expect(await level('talker', 'default')).toBe(204);
    await comment('ben', 'thread', 'And this?');
    await beckon.drain();
    expect(await typesOf('lurker')).toEqual([['thread', 'ben', 'talker']]);
    expect(await typesOf('talker')).toEqual([['thread', 'ben']]);
  });

  it('needs a post, a profile and a level that there is', async () => {
    const ben = await beckon.as('ben');
    const put = (body: unknown) => ben.put('/v1/posts/thread/thread', body);
    expectProblem(await put({ level: 'all' }), 400, 'INVALID_INPUT', 'body.level');
    expectProblem(await put({}), 400, 'INVALID_INPUT', 'body.level');
    expectProblem(await put({ level: 'mute', until: 1 }), 400, 'INVALID_INPUT', 'body');
    const nowhere = await ben.put('/v1/posts/nowhere/thread', { level: 'mute' });
    expectProblem(nowhere, 404, 'COMMENT_POST_NOT_FOUND');
    const stranger = await beckon.as('stranger');
    const refused = await stranger.put('/v1/posts/thread/thread', { level: 'mute' });
    expectProblem(refused, 409, 'PROFILE_REQUIRED');
  });
});
