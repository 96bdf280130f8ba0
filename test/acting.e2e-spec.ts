import { acquaint } from '#testkit/acquaint.js';
import { Beckon } from '#testkit/beckon.js';
import { expectProblem } from '#testkit/problem.js';
import { publish } from '#testkit/publish.js';

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana', 'ben', 'cy');
  await publish(beckon, 'ana', ['p1']);
  await acquaint(beckon, ['ana', 'ben', 'cy'], ['p1']);
});
afterAll(() => beckon?.stop());

describe('a service token', () => {
  it('acts for the user that Beckon-Actor names', async () => {
    const asBen = await beckon.asService('ben');
    const post = await asBen.post('/v1/posts', { id: 'for-ben', body: 'By the network' });
    expect(post).toMatchObject({ status: 201, body: { authorId: 'ben' } });
    const reaction = await asBen.post('/v1/posts/p1/reactions', { type: 'like' });
    expect(reaction).toMatchObject({ status: 201, body: { actorId: 'ben' } });
    await beckon.drain();
    const inbox = await (await beckon.asService('ana')).get('/v1/notifications');
    expect(inbox.body.groups).toMatchObject([{ type: 'reaction', actorIds: ['ben'] }]);
  });

  it('must say for whom, on every route that acts as a user', async () => {
    const service = await beckon.asService();
    const answers = await Promise.all([
      service.post('/v1/posts', { body: 'x' }),
      service.post('/v1/posts/p1/reactions', { type: 'like' }),
      service.delete('/v1/posts/p1/reactions/mine'),
      service.post('/v1/posts/p1/comments', { body: 'x' }),
      service.put('/v1/me/following/ana'),
      service.get('/v1/me/followers'),
      service.put('/v1/me/mutes/ana'),
      service.get('/v1/me/activity'),
      service.get('/v1/notifications'),
      service.get('/v1/notifications/counts'),
      service.post('/v1/notifications/seen', { upTo: 1 }),
      service.post('/v1/notifications/stream-tickets'),
    ]);
    for (const answer of answers) expectProblem(answer, 400, 'ACTOR_REQUIRED');
    for (const actor of ['', 'a.b', 'ana,ben', 'a'.repeat(65)]) {
      const named = await beckon.asService(actor);
      expectProblem(await named.get('/v1/notifications/counts'), 400, 'ACTOR_REQUIRED');
    }
  });

  it('needs a profile of the user it acts for', async () => {
    const asNobody = await beckon.asService('nobody');
    expectProblem(await asNobody.post('/v1/posts', { body: 'x' }), 409, 'PROFILE_REQUIRED');
    expect((await asNobody.get('/v1/notifications')).status).toBe(200);
  });
});

describe("a user's token", () => {
  it('acts for its own user only, who may be named', async () => {
    const token = await beckon.tokenOf('ben');
    const naming = (actor: string) =>
      beckon.withHeaders({ authorization: `Bearer ${token}`, 'beckon-actor': actor });
    expect((await naming('ben').get('/v1/notifications')).status).toBe(200);
    expectProblem(await naming('ana').get('/v1/notifications'), 403, 'FORBIDDEN');
    const reacted = await naming('ana').post('/v1/posts/p1/reactions', { type: 'wow' });
    expectProblem(reacted, 403, 'FORBIDDEN');
    const admin = `Bearer ${await beckon.tokenOf('root', 'admin')}`;
    const asAdmin = beckon.withHeaders({ authorization: admin, 'beckon-actor': 'ana' });
    expectProblem(await asAdmin.get('/v1/notifications'), 403, 'FORBIDDEN');
  });
});

describe.each([
  ['posts', () => '/v1/posts', { body: 'Once' }, { body: 'Twice' }],
  ['comments', () => '/v1/posts/p1/comments', { body: 'Once' }, { body: 'Twice' }],
  ['reactions', () => '/v1/posts/p1/reactions', { type: 'like' }, { type: 'love' }],
])('an Idempotency-Key of %s', (kind, pathOf, body, other) => {
  const send = async (who: string, key: string, what: unknown = body, path = pathOf()) =>
    (await beckon.as(who)).post(path, what, { 'idempotency-key': key });

  it('answers the same body again with the first answer, status and all, though things moved on', async () => {
    const key = `again-${kind}`;
    await (await beckon.as('ben')).delete('/v1/posts/p1/reactions/mine');
    const first = await send('ben', key);
    expect(first.status).toBe(201);
    if (kind === 'reactions') await (await beckon.as('ben')).post(pathOf(), other);
    if (kind === 'posts') await (await beckon.as('ben')).delete(`/v1/posts/${first.body.id}`);
    const again = await send('ben', key);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
  });

  it('refuses another body', async () => {
    const key = `other-${kind}`;
    await send('ben', key);
    expectProblem(await send('ben', key, other), 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('carries equal requests at the same moment out once', async () => {
    const key = `race-${kind}`;
    await (await beckon.as('cy')).delete('/v1/posts/p1/reactions/mine');
    const answers = await Promise.all(Array.from({ length: 8 }, () => send('cy', key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
    const lists: Record<string, string> = {
      posts: '/v1/posts?author=cy',
      comments: '/v1/posts/p1/comments?limit=100',
      reactions: '/v1/posts/p1/reactions',
    };
    const rows = (await (await beckon.as('cy')).get(lists[kind] ?? '')).body[kind];
    const own = rows.filter((row: { actorId?: string; authorId?: string }) =>
      [row.actorId, row.authorId].includes('cy'),
    );
    expect(own).toHaveLength(1);
  });

  it("means nothing to another actor's, nor on another route", async () => {
    const key = `shared-${kind}`;
    const ben = await send('ben', key);
    const ana = await send('ana', key);
    expect(ana.body.id).not.toBe(ben.body.id);
    await publish(beckon, 'ana', [`elsewhere-${kind}`]);
    await acquaint(beckon, [], [`elsewhere-${kind}`]);
    const elsewhere = await send('ben', key, { type: 'sad' }, `/v1/posts/elsewhere-${kind}/reactions`);
    expect(elsewhere).toMatchObject({ status: 201, body: { type: 'sad' } });
  });

  it('of a refused request is free again', async () => {
    const key = `refused-${kind}`;
    const lost = kind === 'posts' ? '/v1/posts' : pathOf().replace('p1', `later-${kind}`);
    if (kind === 'posts') {
      expectProblem(await send(`new-${kind}`, key), 409, 'PROFILE_REQUIRED');
      await beckon.people(`new-${kind}`);
      expect((await send(`new-${kind}`, key)).status).toBe(201);
      return;
    }
    expect((await send('ben', key, body, lost)).status).toBe(404);
    await publish(beckon, 'ana', [`later-${kind}`]);
    expect((await send('ben', key, body, lost)).status).toBe(201);
  });

  it('has 1 to 64 visible characters', async () => {
    for (const key of ['', 'a'.repeat(65), 'with space', 'ü']) {
      expectProblem(await send('ben', key), 400, 'INVALID_INPUT', 'headers.idempotency-key');
    }
  });
});
