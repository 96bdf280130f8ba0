import { acquaint } from '#testkit/acquaint.js';
import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana', 'ben', 'prolific');
  const ana = await beckon.as('ana');
  await insist(() => ana.post('/v1/posts', { id: 'p0', body: 'The first' }));
  await acquaint(beckon, ['ana', 'ben', 'prolific'], ['p0']);
});
afterAll(() => beckon?.stop());

describe('posts', () => {
  it('are published under the id that the network gives', async () => {
    const ana = await beckon.as('ana');
    const published = await ana.post('/v1/posts', { id: 'Given_id-1', body: '  Hello\n\tworld ' });
    expect(published.status).toBe(201);
    expect(published.body).toEqual({
      id: 'Given_id-1',
      authorId: 'ana',
      body: 'Hello\n\tworld',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const read = await (await beckon.as('a-reader-without-a-profile')).get('/v1/posts/Given_id-1');
    expect(read).toMatchObject({ status: 200, body: published.body });
  });

  it('get an id of their own when none is given', async () => {
    const ana = await beckon.as('ana');
    const [one, two] = await Promise.all([
      ana.post('/v1/posts', { body: 'Same' }),
      ana.post('/v1/posts', { body: 'Same' }),
    ]);
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(one.body.id).not.toBe(two.body.id);
    expect((await ana.get(`/v1/posts/${one.body.id}`)).body).toEqual(one.body);
  });

  it('keep their id to one, also when many want it at once and after its removal', async () => {
    const answers = await Promise.all(
      ['ana', 'ben', 'ana', 'ben', 'prolific'].map(async (who) =>
        (await beckon.as(who)).post('/v1/posts', { id: 'wanted', body: `By ${who}` }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409]);
    const winner = answers.find(({ status }) => status === 201)?.body;
    expect((await (await beckon.as('ben')).get('/v1/posts/wanted')).body).toEqual(winner);
    const author = await beckon.as(winner.authorId);
    expectProblem(await author.post('/v1/posts', { id: 'wanted', body: 'Again' }), 409, 'POST_ID_TAKEN');
    await author.delete('/v1/posts/wanted');
    expectProblem(await author.post('/v1/posts', { id: 'wanted', body: 'Again' }), 409, 'POST_ID_TAKEN');
  });

  it('are listed by author, newest first, page by page, without those removed', async () => {
    const author = await beckon.as('prolific');
    for (let n = 0; n < 8; n++) await author.post('/v1/posts', { id: `list-${n}`, body: `Number ${n}` });
    await author.delete('/v1/posts/list-4');
    const pages: string[][] = [];
    let cursor = '';
    do {
      const { body } = await author.get(`/v1/posts?author=prolific&limit=3${cursor}`);
      pages.push(body.posts.map((post: { id: string }) => post.id));
      cursor = body.page.next === null ? '' : `&cursor=${body.page.next}`;
    } while (cursor !== '');
    const ours = pages.flat().filter((id) => id.startsWith('list-'));
    expect(ours).toEqual(['list-7', 'list-6', 'list-5', 'list-3', 'list-2', 'list-1', 'list-0']);
    expect(pages[0]).toHaveLength(3);
  });

  it('of somebody unknown are none', async () => {
    const answer = await (await beckon.as('ana')).get('/v1/posts?author=nobody');
    expect(answer).toMatchObject({ status: 200, body: { posts: [], page: { next: null } } });
  });

  it('are removed by their author, and then are gone', async () => {
    const ana = await beckon.as('ana');
    await ana.post('/v1/posts', { id: 'short-lived', body: 'Soon gone' });
    expectProblem(await (await beckon.as('ben')).delete('/v1/posts/short-lived'), 403, 'FORBIDDEN');
    expect((await ana.get('/v1/posts/short-lived')).status).toBe(200);
    expect((await ana.delete('/v1/posts/short-lived')).status).toBe(204);
    for (const api of [ana, await beckon.as('ben')]) {
      expectProblem(await api.get('/v1/posts/short-lived'), 404, 'POST_NOT_FOUND');
      expectProblem(await api.delete('/v1/posts/short-lived'), 404, 'POST_NOT_FOUND');
    }
  });

  it('that were removed take no comments and no reactions, and show none', async () => {
    const ana = await beckon.as('ana');
    const ben = await beckon.as('ben');
    await ana.post('/v1/posts', { id: 'doomed', body: 'x' });
    const comment = (await ben.post('/v1/posts/doomed/comments', { body: 'Before' })).body.id;
    await ben.post('/v1/posts/doomed/reactions', { type: 'like' });
    await ana.delete('/v1/posts/doomed');

    const reacted = await ben.post('/v1/posts/doomed/reactions', { type: 'wow' });
    expectProblem(reacted, 404, 'REACTION_POST_NOT_FOUND');
    expectProblem(await ben.get('/v1/posts/doomed/reactions'), 404, 'REACTION_POST_NOT_FOUND');
    const said = await ben.post('/v1/posts/doomed/comments', { body: 'After' });
    expectProblem(said, 404, 'COMMENT_POST_NOT_FOUND');
    expectProblem(await ben.get('/v1/posts/doomed/comments'), 404, 'COMMENT_POST_NOT_FOUND');
    expectProblem(await ben.get(`/v1/comments/${comment}`), 404, 'COMMENT_NOT_FOUND');
    expectProblem(await ben.patch(`/v1/comments/${comment}`, { body: 'y' }), 404, 'COMMENT_NOT_FOUND');
    const thread = await ben.put('/v1/posts/doomed/thread', { level: 'follow' });
    expectProblem(thread, 404, 'COMMENT_POST_NOT_FOUND');
    expect((await ben.delete('/v1/posts/doomed/reactions/mine')).status).toBe(204);
  });

  it('take 10,000 characters and no more, each counted as one whatever its bytes', async () => {
    const ana = await beckon.as('ana');
    const long = '🦄'.repeat(10_000);
    const answer = await ana.post('/v1/posts', { body: long });
    expect(answer.status).toBe(201);
    expect(answer.body.body).toBe(long);
    expectProblem(await ana.post('/v1/posts', { body: `${long}x` }), 400, 'INVALID_INPUT', 'body.body');
  });

  it.each([
    ['nothing', {}, 'body.body'],
    ['a blank body', { body: ' \n\u00a0\t' }, 'body.body'],
    ['a body that is no text', { body: { text: 'x' } }, 'body.body'],
    ['an impossible id', { id: 'a b', body: 'x' }, 'body.id'],
    ['an empty id', { id: '', body: 'x' }, 'body.id'],
    ['an id of 65 characters', { id: 'a'.repeat(65), body: 'x' }, 'body.id'],
    ['an id of null', { id: null, body: 'x' }, 'body.id'],
    ['an author', { body: 'x', authorId: 'ben' }, 'body'],
  ])('are not published with %s', async (_, body, path) => {
    expectProblem(await (await beckon.as('ana')).post('/v1/posts', body), 400, 'INVALID_INPUT', path);
  });

  it.each([
    ['/v1/posts', 'query.author'],
    ['/v1/posts?author=a.b', 'query.author'],
    ['/v1/posts?author=ana&author=ben', 'query.author'],
    ['/v1/posts?author=ana&limit=1000', 'query.limit'],
    ['/v1/posts?author=ana&cursor=%00', 'query.cursor'],
    ['/v1/posts?author=ana&q=1', 'query'],
    ['/v1/posts/a.b', 'param.postId'],
  ])('are not read at %s', async (path, where) => {
    expectProblem(await (await beckon.as('ana')).get(path), 400, 'INVALID_INPUT', where);
  });

  it('need an author with a profile', async () => {
    const stranger = await beckon.as('stranger');
    expectProblem(await stranger.post('/v1/posts', { body: 'x' }), 409, 'PROFILE_REQUIRED');
    await stranger.put('/v1/users/stranger', { handle: 'stranger', displayName: 'No longer' });
    expect((await stranger.post('/v1/posts', { body: 'x' })).status).toBe(201);
  });
});
