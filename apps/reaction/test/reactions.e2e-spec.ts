import { acquaint } from '#testkit/acquaint.js';
import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';

const NONE = '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11';
const crowd = Array.from({ length: 12 }, (_, n) => `crowd-${n}`);

let beckon: Beckon;
const subjects = { post: { path: '', id: '' }, comment: { path: '', id: '' } };

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana', 'ben', ...crowd);
  const ana = await beckon.as('ana');
  await insist(() => ana.post('/v1/posts', { id: 'p1', body: 'Hello' }));
  await acquaint(beckon, ['ana', 'ben', ...crowd], ['p1']);
  const comment = (await insist(() => ana.post('/v1/posts/p1/comments', { body: 'Me first' }))).id;
  subjects.post = { path: '/v1/posts/p1/reactions', id: 'p1' };
  await insist(() => ana.get(`/v1/comments/${comment}/reactions`));
  subjects.comment = { path: `/v1/comments/${comment}/reactions`, id: comment };
});
afterAll(() => beckon?.stop());

describe.each(['post', 'comment'] as const)('reactions to a %s', (kind) => {
  it('are 201 when there was none, 200 when there was, and grow a version at each change', async () => {
    const ben = await beckon.as('ben');
    const { path, id } = subjects[kind];
    const added = await ben.post(path, { type: 'like' });
    expect(added.status).toBe(201);
    expect(added.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      [`${kind}Id`]: id,
      actorId: 'ben',
      type: 'like',
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: added.body.createdAt,
    });
    expect(await ben.post(path, { type: 'like' })).toMatchObject({ status: 200, body: added.body });
    const changed = await ben.post(path, { type: 'sad' });
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({
      ...added.body,
      type: 'sad',
      version: 2,
      updatedAt: changed.body.updatedAt,
    });
    expect((await ben.delete(`${path}/mine`)).status).toBe(204);
    expect((await ben.delete(`${path}/mine`)).status).toBe(204);
    const again = await ben.post(path, { type: 'sad' });
    expect(again).toMatchObject({ status: 201, body: { type: 'sad', version: 4 } });
    expect(Date.parse(again.body.createdAt)).toBeGreaterThan(Date.parse(added.body.createdAt));
    await ben.delete(`${path}/mine`);
  });

  it('made twice at the same moment are one', async () => {
    const ben = await beckon.as('ben');
    const { path } = subjects[kind];
    const answers = await Promise.all(Array.from({ length: 10 }, () => ben.post(path, { type: 'wow' })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array<number>(9).fill(200),
      201,
    ]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    await ben.delete(`${path}/mine`);
  });

  it('are listed newest first, page by page, all or of one type, while they stand', async () => {
    const { path, id } = subjects[kind];
    for (const [n, who] of crowd.entries()) {
      const api = await beckon.as(who);
      await insist(() => api.post(path, { type: n % 3 === 0 ? 'love' : 'haha' }));
    }
    await (await beckon.as('crowd-11')).delete(`${path}/mine`);
    const reader = await beckon.as('reader-without-profile');
    const list = async (query: string) => {
      const seen: { actorId: string; type: string }[] = [];
      let cursor = '';
      do {
        const { body } = await reader.get(`${path}?limit=4${query}${cursor}`);
        expect(body.reactions.length).toBeLessThanOrEqual(4);
        seen.push(...body.reactions);
        cursor = body.page.next === null ? '' : `&cursor=${body.page.next}`;
      } while (cursor !== '');
      return seen;
    };
    const standing = crowd.slice(0, 11).toReversed();
    const all = await list('');
    expect(all.map(({ actorId }) => actorId)).toEqual(standing);
    expect(all[0]).toMatchObject({ [`${kind}Id`]: id, actorId: 'crowd-10', type: 'haha', version: 1 });
    const loves = await list('&type=love');
    expect(loves.map(({ actorId }) => actorId)).toEqual(['crowd-9', 'crowd-6', 'crowd-3', 'crowd-0']);
    expect(await list('&type=angry')).toEqual([]);
  });

  it('of a type that is not there are refused', async () => {
    const ben = await beckon.as('ben');
    const { path } = subjects[kind];
    for (const type of ['dislike', 'LIKE', '', ' like', 'a'.repeat(33), 7, null, ['like']]) {
      expectProblem(await ben.post(path, { type }), 400, 'INVALID_INPUT', 'body.type');
    }
    expectProblem(await ben.post(path, {}), 400, 'INVALID_INPUT', 'body.type');
    expectProblem(await ben.post(path, { type: 'like', emoji: '👍' }), 400, 'INVALID_INPUT', 'body');
    expectProblem(await ben.get(`${path}?type=LIKE`), 400, 'INVALID_INPUT', 'query.type');
    expectProblem(await ben.get(`${path}?cursor=W10`), 400, 'INVALID_INPUT', 'query.cursor');
  });

  it('need a subject, and somebody with a profile', async () => {
    const ben = await beckon.as('ben');
    const missing = kind === 'post' ? '/v1/posts/none/reactions' : `/v1/comments/${NONE}/reactions`;
    const code = `REACTION_${kind.toUpperCase()}_NOT_FOUND`;
    expectProblem(await ben.post(missing, { type: 'like' }), 404, code);
    expectProblem(await ben.get(missing), 404, code);
    expect((await ben.delete(`${missing}/mine`)).status).toBe(204);
    const impossible = kind === 'post' ? '/v1/posts/a.b/reactions' : '/v1/comments/p1/reactions';
    for (const answer of [
      await ben.post(impossible, { type: 'like' }),
      await ben.get(impossible),
      await ben.delete(`${impossible}/mine`),
    ]) {
      expectProblem(answer, 400, 'INVALID_INPUT', `param.${kind}Id`);
    }
    const stranger = await beckon.as('stranger');
    expectProblem(await stranger.post(subjects[kind].path, { type: 'like' }), 409, 'PROFILE_REQUIRED');
    expect((await stranger.get(subjects[kind].path)).status).toBe(200);
    const nobody = beckon.withHeaders({});
    expectProblem(await nobody.post(subjects[kind].path, { type: 'like' }), 401, 'UNAUTHENTICATED');
    expectProblem(await nobody.get(subjects[kind].path), 401, 'UNAUTHENTICATED');
    expectProblem(await nobody.delete(`${subjects[kind].path}/mine`), 401, 'UNAUTHENTICATED');
  });

  it("are each person's own to take back", async () => {
    const { path } = subjects[kind];
    const ben = await beckon.as('ben');
    await insist(() => ben.post(path, { type: 'like' }));
    await (await beckon.as('crowd-5')).delete(`${path}/mine`);
    const { reactions } = (await (await beckon.as('ana')).get(`${path}?limit=100`)).body;
    const actors = reactions.map(({ actorId }: { actorId: string }) => actorId);
    expect(actors).toContain('ben');
    expect(actors).not.toContain('crowd-5');
  });
});
