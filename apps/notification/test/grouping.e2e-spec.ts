import { Beckon } from '#testkit/beckon.js';
import { type InboxGroup, scene } from '#testkit/person.js';
import { inboxDifferences } from '#testkit/recount.js';

describe('grouping', () => {
  let beckon: Beckon;

  beforeAll(async () => {
    beckon = await Beckon.start();
  });
  afterEach(async () => {
    expect(await inboxDifferences(beckon.database)).toEqual([]);
  });
  afterAll(() => beckon?.stop());

  /** A post of Ana's and four people who are about to act on it. */
  const cast = async () => {
    const people = await scene(beckon, 'ana', 'ben', 'cy', 'dee', 'eli');
    const post = await people.ana.post();
    return { ...people, post, path: `posts/${post}` as const };
  };
  /** As if it had been `hours` ago that a group of a person's began. */
  const age = (group: InboxGroup, hours: number) =>
    beckon.database.query(
      `UPDATE notification.inbox_group SET opened_at = opened_at - make_interval(hours => $2) WHERE id = $1`,
      [group.id, hours],
    );
  /** As if it had been `minutes` ago that somebody took something back. */
  const ageRemoval = (recipientId: string, minutes: number) =>
    beckon.database.query(
      `UPDATE notification.member SET removed_at = removed_at - make_interval(mins => $2) WHERE recipient_id = $1`,
      [recipientId, minutes],
    );

  it('merges actors: the latest three, newest first, and how many there are', async () => {
    const { ana, ben, cy, dee, eli, path } = await cast();
    for (const person of [ben, cy, dee, eli]) {
      await person.react(path, person === ben ? 'love' : 'like');
      await beckon.drain();
    }
    expect(await ana.onlyGroup()).toMatchObject({
      actorCount: 4,
      actorIds: [eli.id, dee.id, cy.id],
      reactions: { like: 3, love: 1 },
      title: `${eli.id} the person, ${dee.id} the person and 2 others reacted to your post`,
    });
    expect(await ana.badge()).toMatchObject({ unread: 1, unseen: 1 });
    const { body } = await ana.api.get(`/v1/notifications/${(await ana.onlyGroup()).id}/actors`);
    expect(body.actors.map(({ userId, reaction }: Record<string, string>) => [userId, reaction])).toEqual([
      [eli.id, 'like'],
      [dee.id, 'like'],
      [cy.id, 'like'],
      [ben.id, 'love'],
    ]);
  });

  it('counts an actor once, however many comments', async () => {
    const { ana, ben, cy, post } = await cast();
    const first = await ben.comment(post);
    await beckon.drain();
    await cy.comment(post);
    await beckon.drain();
    const before = await ana.onlyGroup();
    await ben.comment(post);
    await beckon.drain();
    const group = await ana.onlyGroup();
    expect(group).toMatchObject({ id: before.id, actorCount: 2, actorIds: [ben.id, cy.id] });
    expect(group.activitySeq).toBeGreaterThan(before.activitySeq);
    await ben.removeComment(first);
    await beckon.drain();
    expect(await ana.onlyGroup()).toMatchObject({ actorCount: 2, actorIds: [ben.id, cy.id] });
  });

  it('moves a changed reaction from tally to tally, without growth', async () => {
    const { ana, ben, cy, path } = await cast();
    await ben.react(path, 'like');
    await beckon.drain();
    await cy.react(path, 'like');
    await beckon.drain();
    const before = await ana.onlyGroup();
    await ana.seen(before.activitySeq);
    await ben.react(path, 'love');
    await beckon.drain();
    const after = await ana.onlyGroup();
    expect(after).toMatchObject({
      reactions: { like: 1, love: 1 },
      actorIds: [cy.id, ben.id],
      activitySeq: before.activitySeq,
      seen: true,
    });
    expect(after.seq).toBeGreaterThan(before.seq);
    expect(await ana.badge()).toMatchObject({ unread: 1, unseen: 0 });
  });

  it('merges several posts of one author, and is about the latest', async () => {
    const { ana, ben } = await cast();
    await ben.follow(ana);
    const posts: string[] = [];
    for (const body of ['One', 'Two', 'Three']) {
      posts.push(await ana.post(body));
      // The latest is the one that was told last; events of one moment may overtake each other.
      await beckon.drain();
    }
    expect(await ben.onlyGroup()).toMatchObject({
      actorCount: 1,
      subject: { id: posts[2], excerpt: 'Three' },
      title: `${ana.id} the person published 3 posts`,
    });
    await ana.removePost(posts[2] as string);
    await beckon.drain();
    expect(await ben.onlyGroup()).toMatchObject({
      subject: { id: posts[1], excerpt: 'Two' },
      title: `${ana.id} the person published 2 posts`,
    });
  });

  it('takes members for gone whose group retention has taken', async () => {
    const { ana, ben, cy, post } = await cast();
    const parent = await ana.comment(post);
    await ben.comment(post, 'So', parent);
    await beckon.drain();
    const before = await ana.onlyGroup();
    expect(before.type).toBe('reply');
    // As retention leaves it until it comes to the members.
    await beckon.database.query(
      `WITH gone AS (DELETE FROM notification.inbox_group WHERE id = $1 RETURNING recipient_id, id), marked AS (
         INSERT INTO notification.pruned_group (recipient_id, id) SELECT * FROM gone)
       UPDATE notification.inbox_state SET unread = unread - 1, unseen = unseen - 1
       FROM gone WHERE inbox_state.recipient_id = gone.recipient_id`,
      [before.id],
    );
    await cy.comment(post);
    await beckon.drain();
    // It would leave the post's author the other reason to be told of the reply.
    await ana.removeComment(parent);
    await beckon.drain();
    expect(await ana.onlyGroup()).toMatchObject({ type: 'comment', actorIds: [cy.id] });
  });

  it('keeps apart what is about different things', async () => {
    const { ana, ben, path } = await cast();
    const other = await ana.post();
    await ben.react(path);
    await ben.react(`posts/${other}`);
    await beckon.drain();
    expect(await ana.inbox()).toHaveLength(2);
  });

  it.each([
    ['read', 'unread'],
    ['archive', 'unarchive'],
  ] as const)('closes for good when it is marked %s: %s does not reopen it', async (close, undo) => {
    const { ana, ben, cy, dee, path } = await cast();
    await ben.react(path);
    await beckon.drain();
    const first = await ana.onlyGroup();
    await ana.mark(first, close);
    await cy.react(path);
    await beckon.drain();
    const [second] = await ana.inbox();
    expect(second).toMatchObject({ actorIds: [cy.id], readAt: null, archivedAt: null });
    expect(second?.id).not.toBe(first.id);

    await ana.mark(first, undo);
    await dee.react(path);
    await beckon.drain();
    expect((await ana.inbox()).map(({ id, actorIds }) => [id, ...actorIds])).toEqual([
      [second?.id, dee.id, cy.id],
      [first.id, ben.id],
    ]);
    expect(await ana.badge()).toMatchObject({ unread: 2 });
  });

  it('begins anew 24 hours after its first member, and not before', async () => {
    const { ana, ben, cy, dee, path } = await cast();
    await ben.react(path);
    await beckon.drain();
    const first = await ana.onlyGroup();
    await age(first, 23);
    await cy.react(path);
    await beckon.drain();
    expect(await ana.onlyGroup()).toMatchObject({ id: first.id, actorCount: 2 });
    await age(first, 1);
    await dee.react(path);
    await beckon.drain();
    expect((await ana.inbox()).map(({ actorIds }) => actorIds)).toEqual([[dee.id], [cy.id, ben.id]]);
    expect(await ana.badge()).toMatchObject({ unread: 2, unseen: 2 });
  });

  it('is unseen again when it grows, and goes back when the newest goes', async () => {
    const { ana, ben, cy, path } = await cast();
    await ben.react(path);
    await beckon.drain();
    const before = await ana.onlyGroup();
    expect(await ana.seen(before.activitySeq)).toMatchObject({ unread: 1, unseen: 0 });
    expect(await ana.onlyGroup()).toMatchObject({ seen: true, readAt: null });
    await cy.react(path);
    await beckon.drain();
    expect(await ana.onlyGroup()).toMatchObject({ id: before.id, seen: false });
    expect(await ana.badge()).toMatchObject({ unread: 1, unseen: 1 });
    await cy.unreact(path);
    await beckon.drain();
    expect(await ana.onlyGroup()).toMatchObject({
      seen: true,
      activitySeq: before.activitySeq,
      actorIds: [ben.id],
    });
    expect(await ana.badge()).toMatchObject({ unread: 1, unseen: 0 });
  });

  it.each(['seen', 'read', 'neither'] as const)(
    'takes a reaction back that returns within the hour, and stays %s',
    async (state) => {
      const { ana, ben, path } = await cast();
      await ben.react(path, 'like');
      await beckon.drain();
      const before = await ana.onlyGroup();
      if (state === 'seen') await ana.seen(before.activitySeq);
      if (state === 'read') await ana.mark(before, 'read');
      const badge = await ana.badge();

      await ben.unreact(path);
      await beckon.drain();
      expect(await ana.inbox()).toEqual([]);
      expect(await ana.badge()).toMatchObject({ unread: 0, unseen: 0 });
      await ageRemoval(ana.id, 59);
      await ben.react(path, 'wow');
      await beckon.drain();
      const after = await ana.onlyGroup();
      expect(after).toMatchObject({
        id: before.id,
        activitySeq: before.activitySeq,
        seen: state === 'seen',
        reactions: { wow: 1 },
      });
      expect(after.readAt !== null).toBe(state === 'read');
      expect(await ana.badge()).toMatchObject({ unread: badge.unread, unseen: badge.unseen });
    },
  );

  it.each([true, false])(
    'takes a reaction that returns after the hour for a new one (read before: %s)',
    async (read) => {
      const { ana, ben, path } = await cast();
      await ben.react(path);
      await beckon.drain();
      const before = await ana.onlyGroup();
      await ana.seen(before.activitySeq);
      if (read) await ana.mark(before, 'read');
      await ben.unreact(path);
      await beckon.drain();
      await ageRemoval(ana.id, 61);
      await ben.react(path);
      await beckon.drain();
      const after = await ana.onlyGroup();
      expect(after).toMatchObject({ seen: false, readAt: null, actorCount: 1 });
      expect(after.activitySeq).toBeGreaterThan(before.activitySeq);
      expect(Date.parse(after.latestAt)).toBeGreaterThan(Date.parse(before.latestAt));
      expect(after.firstAt).toBe(after.latestAt);
      expect(await ana.badge()).toMatchObject({ unread: 1, unseen: 1 });
    },
  );
});
