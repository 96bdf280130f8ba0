import { Beckon } from '#testkit/beckon.js';
import { type Person, scene } from '#testkit/person.js';
import { inboxDifferences } from '#testkit/recount.js';

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
});
afterEach(async () => {
  expect(await inboxDifferences(beckon.database)).toEqual([]);
});
afterAll(() => beckon?.stop());

describe('what is taken back', () => {
  const shown = async (person: Person) =>
    (await person.inbox()).map(({ type, actorIds }) => [type, ...actorIds]);

  it('a reaction and a follow take their notification along, live too', async () => {
    const { ana, ben } = await scene(beckon, 'ana', 'ben');
    const post = await ana.post();
    const stream = await beckon.stream(ana.id);
    await ben.react(`posts/${post}`);
    await beckon.drain();
    await ben.follow(ana);
    await beckon.drain();
    const groups = await ana.inbox();
    expect(groups.map(({ type }) => type)).toEqual(['follow', 'reaction']);

    await ben.unreact(`posts/${post}`);
    await ben.unfollow(ana);
    await beckon.drain();
    expect(await ana.inbox()).toEqual([]);
    expect(await ana.badge()).toMatchObject({ unread: 0, unseen: 0 });
    for (const { id } of groups) {
      await stream.waitFor(({ event, data }) => event === 'removed' && data.id === id);
      expect((await ana.api.get(`/v1/notifications/${id}`)).status).toBe(404);
    }
    await stream.close();
  });

  it('a comment takes along what it told and what is about it; others of the thread stay', async () => {
    const { ana, ben, cy, dee } = await scene(beckon, 'ana', 'ben', 'cy', 'dee');
    const post = await ana.post();
    const comment = await ben.comment(post, `Nice, @${dee.id}`);
    await beckon.drain();
    await cy.react(`comments/${comment}`);
    await beckon.drain();
    await cy.comment(post, 'It is', comment);
    await beckon.drain();
    expect(await shown(ana)).toEqual([['comment', cy.id, ben.id]]);
    expect(await shown(ben)).toEqual([
      ['reply', cy.id],
      ['reaction', cy.id],
    ]);
    expect(await shown(dee)).toEqual([['mention', ben.id]]);

    await ben.removeComment(comment);
    await beckon.drain();
    expect(await shown(ana)).toEqual([['comment', cy.id]]);
    expect(await shown(dee)).toEqual([]);
    // Ben had commented before Cy replied: what is left of the reply is a comment in a thread that he followed.
    expect(await shown(ben)).toEqual([['thread', cy.id]]);
  });

  it('a comment that was replied to leaves the author of the post with the reply as a comment', async () => {
    const { ana, ben } = await scene(beckon, 'ana', 'ben');
    const post = await ana.post();
    const parent = await ana.comment(post);
    await ben.comment(post, 'Right', parent);
    await ben.comment(post, 'Very right', parent);
    await beckon.drain();
    expect(await shown(ana)).toEqual([['reply', ben.id]]);
    await ana.removeComment(parent);
    await beckon.drain();
    expect(await ana.onlyGroup()).toMatchObject({ type: 'comment', subject: { id: post }, actorCount: 1 });
    expect(await ana.badge()).toMatchObject({ unread: 1 });
  });

  it('a post takes along everything under it', async () => {
    const { ana, ben, cy, dee } = await scene(beckon, 'ana', 'ben', 'cy', 'dee');
    await ben.follow(ana);
    const other = await ana.post('Stays');
    const post = await ana.post(`Goes, @${cy.id}`);
    const comment = await ben.comment(post, `@${dee.id}`);
    await beckon.drain();
    await cy.react(`posts/${post}`);
    await cy.react(`comments/${comment}`);
    await cy.comment(post, 'Right', comment);
    await cy.react(`posts/${other}`);
    await beckon.drain();
    // What was done at one moment may be told in any order.
    const types = (await shown(ana)).map(([type]) => String(type));
    expect(types.toSorted()).toEqual(['comment', 'follow', 'reaction', 'reaction']);

    await ana.removePost(post);
    await beckon.drain();
    expect(await shown(ana)).toEqual([
      ['reaction', cy.id],
      ['follow', ben.id],
    ]);
    expect(await ben.onlyGroup()).toMatchObject({
      type: 'post',
      subject: { id: other },
      title: `${ana.id} the person published a post`,
    });
    expect(await shown(cy)).toEqual([]);
    expect(await shown(dee)).toEqual([]);
  });

  it('what is done under a removed post or to a removed comment tells nobody', async () => {
    const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
    const post = await ana.post();
    const comment = await ben.comment(post);
    const gone = await ben.comment(post);
    await beckon.drain();
    await ben.removeComment(gone);
    expect((await cy.api.post(`/v1/comments/${gone}/reactions`, { type: 'like' })).status).toBe(404);
    await ana.removePost(post);
    await cy.api.post(`/v1/comments/${comment}/reactions`, { type: 'like' });
    await beckon.drain();
    expect(await ben.inbox()).toEqual([]);
    expect(await ana.inbox()).toEqual([]);
  });
});

describe('an edited comment', () => {
  it('tells who is mentioned now, and takes it back from who is not any more', async () => {
    const { ana, ben, cy, dee } = await scene(beckon, 'ana', 'ben', 'cy', 'dee');
    const post = await ana.post();
    const comment = await ben.comment(post, `Hey @${cy.id}`);
    await beckon.drain();
    const [before] = await cy.inbox();
    await ben.edit(comment, `Hey @${dee.id}`);
    await beckon.drain();
    expect(await cy.inbox()).toEqual([]);
    expect(await dee.onlyGroup()).toMatchObject({
      type: 'mention',
      subject: { id: comment, excerpt: `Hey @${dee.id}` },
    });
    expect((await ana.onlyGroup()).type).toBe('comment');

    await ben.edit(comment, `Hey @${cy.id} and @${dee.id}`);
    await beckon.drain();
    expect(await cy.onlyGroup()).toMatchObject({ id: before?.id, activitySeq: before?.activitySeq });
    expect(await dee.inbox()).toHaveLength(1);
  });

  it('falls back to the weaker reason, and rises to the stronger again', async () => {
    const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
    const post = await ana.post();
    await cy.comment(post);
    await beckon.drain();
    const comment = await ben.comment(post, `Hey @${ana.id} and @${cy.id}`);
    await beckon.drain();
    expect((await ana.inbox()).map(({ type }) => type)).toEqual(['mention', 'comment']);
    await ben.edit(comment, 'Hey you');
    await beckon.drain();
    expect(await ana.onlyGroup()).toMatchObject({ type: 'comment', actorIds: [ben.id, cy.id] });
    expect((await cy.onlyGroup()).type).toBe('thread');
    await ben.edit(comment, `Hey @${ana.id}`);
    await beckon.drain();
    expect((await ana.inbox()).map(({ type, actorIds }) => [type, ...actorIds])).toEqual([
      ['mention', ben.id],
      ['comment', cy.id],
    ]);
    expect(await ana.badge()).toMatchObject({ unread: 2 });
  });

  it('tells nobody else anew', async () => {
    const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
    const post = await ana.post();
    const comment = await ben.comment(post);
    await beckon.drain();
    const [before] = await ana.inbox();
    await cy.thread(post, 'follow');
    await ben.edit(comment, 'Otherwise');
    await beckon.drain();
    expect(await ana.inbox()).toEqual([before]);
    expect(await cy.inbox()).toEqual([]);
  });
});
