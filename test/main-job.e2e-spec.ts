import { Beckon } from '#testkit/beckon.js';

describe('the main job', () => {
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start();
    await beckon.people('ana', 'ben');
  });
  afterAll(() => beckon?.stop());

  it('shows a reaction to the author of the post, live and in the inbox', async () => {
    const ana = await beckon.as('ana');
    const ben = await beckon.as('ben');
    expect((await ana.post('/v1/posts', { id: 'p1', body: 'Hello' })).status).toBe(201);
    const stream = await beckon.stream('ana');

    const reacted = await ben.post('/v1/posts/p1/reactions', { type: 'love' });

    expect(reacted.status).toBe(201);
    const { data } = await stream.waitFor(({ event }) => event === 'group');
    expect(data.group).toMatchObject({
      type: 'reaction',
      subject: { kind: 'post', id: 'p1', excerpt: 'Hello' },
      actorCount: 1,
      actorIds: ['ben'],
      reactions: { love: 1 },
      title: 'ben the person reacted to your post',
      seen: false,
      readAt: null,
    });
    expect(data.users.ben).toMatchObject({ id: 'ben', displayName: 'ben the person' });
    const counts = await stream.waitFor(({ event }) => event === 'counts');
    expect(counts.data).toMatchObject({ unread: 1, unseen: 1 });
    const inbox = await ana.get('/v1/notifications');
    expect(inbox.body.groups).toEqual([data.group]);
    expect(inbox.body.counts).toEqual(counts.data);
    await stream.close();
  });

  it('takes the notification back with the reaction', async () => {
    const ana = await beckon.as('ana');
    const ben = await beckon.as('ben');
    const stream = await beckon.stream('ana');

    expect((await ben.delete('/v1/posts/p1/reactions/mine')).status).toBe(204);

    await stream.waitFor(({ event }) => event === 'removed');
    await stream.waitFor(({ event, data }) => event === 'counts' && data.unread === 0);
    expect((await ana.get('/v1/notifications')).body.groups).toEqual([]);
    await stream.close();
  });
});
