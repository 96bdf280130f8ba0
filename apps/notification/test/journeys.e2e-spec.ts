import { Beckon } from '#testkit/beckon.js';
import { type Person, scene } from '#testkit/person.js';

describe('who is told of what', () => {
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start();
  });
  afterAll(() => beckon?.stop());

  const shown = async (person: Person) =>
    (await person.inbox()).map(({ type, subject }) => [type, subject.id]);

  it('the author of a post, of a reaction to it, live too', async () => {
    const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
    const post = await ana.post('A boat!');
    const stream = await beckon.stream(ana.id);
    await ben.react(`posts/${post}`, 'love');
    await beckon.drain();
    const group = await ana.onlyGroup();
    expect(group).toMatchObject({
      type: 'reaction',
      subject: { kind: 'post', id: post, excerpt: 'A boat!' },
      actorCount: 1,
      actorIds: [ben.id],
      reactions: { love: 1 },
      title: `${ben.id} the person reacted to your post`,
      url: null,
      seen: false,
      readAt: null,
      archivedAt: null,
    });
    const badge = await ana.badge();
    expect(badge).toMatchObject({ unread: 1, unseen: 1 });
    expect(await shown(ben)).toEqual([]);
    expect(await shown(cy)).toEqual([]);

    // The stream tells the same.
    const { data } = await stream.waitFor(({ event }) => event === 'group');
    expect(data.group).toEqual(group);
    expect(data.users[ben.id]).toMatchObject({ id: ben.id, displayName: `${ben.id} the person` });
    expect((await stream.waitFor(({ event }) => event === 'counts')).data).toEqual(badge);
    await stream.close();
  });

  it('the author of a comment, and not of the post, of a reaction to the comment', async () => {
    const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
    const post = await ana.post();
    const comment = await ben.comment(post, 'Nice boat');
    await cy.react(`comments/${comment}`, 'wow');
    await beckon.drain();
    expect(await ben.onlyGroup()).toMatchObject({
      type: 'reaction',
      subject: { kind: 'comment', id: comment, excerpt: 'Nice boat' },
      reactions: { wow: 1 },
      title: `${cy.id} the person reacted to your comment`,
    });
    expect(await shown(ana)).toEqual([['comment', post]]);
  });

  it('the author of the post, of a comment', async () => {
    const { ana, ben } = await scene(beckon, 'ana', 'ben');
    const post = await ana.post('A boat!');
    await ben.comment(post);
    await beckon.drain();
    expect(await ana.onlyGroup()).toMatchObject({
      type: 'comment',
      subject: { kind: 'post', id: post, excerpt: 'A boat!' },
      actorIds: [ben.id],
      reactions: {},
      title: `${ben.id} the person commented on your post`,
    });
  });

  it('the author of the parent, of a reply; the author of the post of it as a comment', async () => {
    const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
    const post = await ana.post();
    const parent = await ben.comment(post, 'Nice boat');
    await beckon.drain();
    await cy.comment(post, 'It is', parent);
    await beckon.drain();
    expect(await ben.onlyGroup()).toMatchObject({
      type: 'reply',
      subject: { kind: 'comment', id: parent, excerpt: 'Nice boat' },
      title: `${cy.id} the person replied to your comment`,
    });
    expect(await ana.onlyGroup()).toMatchObject({ type: 'comment', actorIds: [cy.id, ben.id] });
  });

  it('who follows the thread: earlier commenters and who asked for it, less who muted it', async () => {
    const { ana, ben, cy, dee, eli } = await scene(beckon, 'ana', 'ben', 'cy', 'dee', 'eli');
    const post = await ana.post('A boat!');
    await ben.comment(post);
    await cy.comment(post);
    await dee.thread(post, 'follow');
    await cy.thread(post, 'mute');
    await beckon.drain();
    await eli.comment(post);
    await beckon.drain();
    for (const follower of [ben, dee]) {
      expect((await follower.inbox())[0]).toMatchObject({
        type: 'thread',
        subject: { kind: 'post', id: post },
        title: expect.stringMatching(/commented on a post you follow$/),
      });
      expect((await follower.inbox())[0]?.actorIds[0]).toBe(eli.id);
    }
    expect(await shown(cy)).toEqual([]);
    expect(await shown(eli)).toEqual([]);
  });

  it('followers of the author, of a post', async () => {
    const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
    await ben.follow(ana);
    const post = await ana.post('A boat!');
    await beckon.drain();
    expect(await ben.onlyGroup()).toMatchObject({
      type: 'post',
      subject: { kind: 'post', id: post, excerpt: 'A boat!' },
      actorIds: [ana.id],
      title: `${ana.id} the person published a post`,
    });
    expect(await shown(cy)).toEqual([]);
    expect(await shown(ana)).toEqual([['follow', ana.id]]);
  });

  it('who is followed', async () => {
    const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
    await ben.follow(ana);
    await beckon.drain();
    await cy.follow(ana);
    await ben.follow(ana);
    await beckon.drain();
    expect(await ana.onlyGroup()).toMatchObject({
      type: 'follow',
      subject: { kind: 'user', id: ana.id, excerpt: null },
      actorCount: 2,
      actorIds: [cy.id, ben.id],
      title: `${cy.id} the person and ${ben.id} the person followed you`,
    });
  });

  it('who is mentioned in a post or a comment, in any letter case, and nobody for unknown handles', async () => {
    const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
    const post = await ana.post(`Look, @${ben.id.toUpperCase()} and @no_such_person`);
    await beckon.drain();
    const comment = await cy.comment(post, `@${ben.id} @${ben.id} @ghost!`);
    await beckon.drain();
    const [inComment, inPost, ...others] = await ben.inbox();
    expect(inPost).toMatchObject({
      type: 'mention',
      subject: { kind: 'post', id: post },
      actorIds: [ana.id],
      title: `${ana.id} the person mentioned you in a post`,
    });
    expect(inComment).toMatchObject({
      type: 'mention',
      subject: { kind: 'comment', id: comment },
      actorIds: [cy.id],
      title: `${cy.id} the person mentioned you in a comment`,
    });
    expect(others).toEqual([]);
  });

  it('nobody of their own doing', async () => {
    const { ana } = await scene(beckon, 'ana');
    const post = await ana.post(`I, @${ana.id}`);
    const comment = await ana.comment(post, `Me again, @${ana.id}`);
    await ana.comment(post, 'And again', comment);
    await ana.react(`posts/${post}`);
    await ana.react(`comments/${comment}`);
    await ana.thread(post, 'follow');
    await ana.comment(post);
    await beckon.drain();
    expect(await ana.inbox()).toEqual([]);
    expect(await ana.badge()).toEqual({ unread: 0, unseen: 0, seq: 0 });
  });

  describe('one person once, by the strongest reason', () => {
    it('mention before reply, comment and thread', async () => {
      const { ana, ben } = await scene(beckon, 'ana', 'ben');
      const post = await ana.post();
      const parent = await ana.comment(post);
      await ana.thread(post, 'follow');
      await beckon.drain();
      const reply = await ben.comment(post, `Hey @${ana.id}`, parent);
      await beckon.drain();
      expect(await shown(ana)).toEqual([['mention', reply]]);
      expect(await ana.badge()).toMatchObject({ unread: 1, unseen: 1 });
    });

    it('reply before comment and thread', async () => {
      const { ana, ben } = await scene(beckon, 'ana', 'ben');
      const post = await ana.post();
      const parent = await ana.comment(post);
      await ben.comment(post, 'Right', parent);
      await beckon.drain();
      expect(await shown(ana)).toEqual([['reply', parent]]);
    });

    it('comment before thread', async () => {
      const { ana, ben } = await scene(beckon, 'ana', 'ben');
      const post = await ana.post();
      await ana.comment(post);
      await ana.thread(post, 'follow');
      await beckon.drain();
      await ben.comment(post);
      await beckon.drain();
      expect(await shown(ana)).toEqual([['comment', post]]);
    });

    it('reply before thread, for who commented before', async () => {
      const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
      const post = await ana.post();
      const parent = await ben.comment(post);
      await cy.comment(post, 'Right', parent);
      await beckon.drain();
      expect(await shown(ben)).toEqual([['reply', parent]]);
    });

    it('mention before post, for a follower', async () => {
      const { ana, ben } = await scene(beckon, 'ana', 'ben');
      await ben.follow(ana);
      const post = await ana.post(`Hey @${ben.id}`);
      await beckon.drain();
      expect(await shown(ben)).toEqual([['mention', post]]);
    });
  });
});
