import { Beckon } from '#testkit/beckon.js';
import { HandDelivery } from '#testkit/hand-delivery.js';
import { commentData, eventOf, type HandMadeEvent, reactionData } from '#testkit/hand-made-event.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { type Person, scene } from '#testkit/person.js';
import { inboxDifferences } from '#testkit/recount.js';

type Cast = Record<'ana' | 'ben' | 'cy' | 'dee', Person>;

/** What happened, in the order in which it did, to people of its own. */
type Story = (cast: Cast) => HandMadeEvent[];

const at = new Date().toISOString();

function reactionStory(...lives: ('like' | 'love' | 'gone')[]): Story {
  return ({ ana, ben }) => {
    const base = reactionData({ subjectAuthorId: ana.id, postId: `p-${ana.id}`, actorId: ben.id });
    return lives.map((life, index) => {
      const version = index + 1;
      const before = lives[index - 1];
      if (life === 'gone') {
        return eventOf('reaction.removed.v1', { ...base, reaction: before ?? 'like', version });
      }
      if (before === undefined || before === 'gone')
        return eventOf('reaction.added.v1', { ...base, reaction: life, version });
      return eventOf('reaction.changed.v1', { ...base, reaction: life, previousReaction: before, version });
    });
  };
}

const follows: Story = ({ ana, ben }) => {
  const data = { actorId: ben.id, followeeId: ana.id, followedAt: at };
  return [
    eventOf('user.followed.v1', { ...data, version: 1 }),
    eventOf('user.unfollowed.v1', { ...data, version: 2 }),
    eventOf('user.followed.v1', { ...data, version: 3 }),
  ];
};

/** Ben comments on Ana's post; `mentions` are those of each version. */
function commentStory(mentions: (keyof Cast)[][], ending?: 'comment removed' | 'post removed'): Story {
  return (cast) => {
    const { ana, ben } = cast;
    const postId = `p-${ana.id}`;
    const base = commentData({ postId, postAuthorId: ana.id, actorId: ben.id });
    const events: HandMadeEvent[] = mentions.map((names, index) =>
      eventOf(index === 0 ? 'comment.added.v1' : 'comment.edited.v1', {
        ...base,
        version: index + 1,
        mentions: names.map((name) => cast[name].id),
      }),
    );
    if (ending === 'comment removed')
      events.push(eventOf('comment.removed.v1', { ...base, version: mentions.length + 1 }));
    if (ending === 'post removed')
      events.push(eventOf('post.removed.v1', { postId, actorId: ana.id, version: 2, publishedAt: at }));
    return events;
  };
}

/** Ben comments on Ana's post, Cy replies and Dee reacts to the comment; then Ben's comment is removed. */
const conversation: Story = ({ ana, ben, cy, dee }) => {
  const post = { postId: `p-${ana.id}`, postAuthorId: ana.id };
  const comment = commentData({ ...post, actorId: ben.id, mentions: [dee.id] });
  const { commentId } = comment;
  const reply = commentData({ ...post, parentId: commentId, parentAuthorId: ben.id, actorId: cy.id });
  const subject = { subjectKind: 'comment', subjectId: commentId, subjectAuthorId: ben.id } as const;
  return [
    eventOf('comment.added.v1', comment),
    eventOf('comment.added.v1', reply),
    eventOf('reaction.added.v1', reactionData({ ...subject, postId: post.postId, actorId: dee.id })),
    eventOf('comment.removed.v1', { ...comment, version: 2 }),
  ];
};

const stories: [string, Story][] = [
  ['a reaction that was taken back', reactionStory('like', 'gone')],
  ['a reaction that was changed', reactionStory('like', 'love')],
  ['a reaction that was taken back and given again', reactionStory('like', 'gone', 'love')],
  [
    'a reaction that was changed, taken back, given and taken back',
    reactionStory('like', 'love', 'gone', 'like', 'gone'),
  ],
  ['a follow that was taken back and done again', follows],
  ['a comment whose mentions changed twice', commentStory([['cy'], ['dee', 'ana'], ['cy']])],
  ['a comment that was edited and removed', commentStory([[], ['cy']], 'comment removed')],
  ['a comment whose post was removed', commentStory([['cy'], ['dee']], 'post removed')],
  ['a comment that was replied to, reacted to and removed', conversation],
];

describe('the order in which events arrive', () => {
  let beckon: Beckon;
  let hand: HandDelivery;

  beforeAll(async () => {
    beckon = await Beckon.start();
    hand = HandDelivery.open(beckon);
  });
  afterEach(async () => {
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  });
  afterAll(async () => {
    await hand?.close();
    await beckon?.stop();
  });

  const newCast = () => scene(beckon, 'ana', 'ben', 'cy', 'dee');

  /** Everybody's inbox and badge without what names a world: ids, numbers, times, order. */
  async function look(cast: Cast): Promise<string> {
    const looks = [];
    for (const person of Object.values(cast)) {
      const { unread, unseen } = await person.badge();
      const groups = (await person.inbox()).map(({ type, subject, actorIds, actorCount, reactions }) =>
        JSON.stringify([type, subject.kind, actorIds.toSorted(), actorCount, reactions]),
      );
      looks.push([person.name, unread, unseen, ...groups.toSorted()]);
    }
    let text = JSON.stringify(looks);
    for (const { id, name } of Object.values(cast)) text = text.replaceAll(id, name);
    return text;
  }

  it.each(stories)('does not matter to %s', async (_, story) => {
    const inOrder = await newCast();
    for (const event of story(inOrder)) await hand.deliver([event]);
    const expected = await look(inOrder);

    const worlds = [];
    for (const order of someOrders(story(inOrder).length)) {
      const cast = await newCast();
      const events = story(cast);
      worlds.push({ cast, order, events: order.map((index) => events[index] as HandMadeEvent) });
    }
    // All worlds at once, one event of each at a time.
    for (let turn = 0; turn < (worlds[0]?.events.length ?? 0); turn++)
      await hand.deliver(...worlds.map(({ events }) => events.slice(turn, turn + 1)));
    for (const { cast, order } of worlds)
      expect({ order, look: await look(cast) }).toEqual({ order, look: expected });
  });

  it.each(stories)('nor how often, nor in which company: %s', async (_, story) => {
    const inOrder = await newCast();
    for (const event of story(inOrder)) await hand.deliver([event]);
    const cast = await newCast();
    const events = story(cast);
    const backwards = events.toReversed();
    await hand.deliver(
      backwards,
      ...events.flatMap((event) => Array.from({ length: 5 }, () => [event])),
      events,
    );
    await hand.deliver(...backwards.map((event) => [event]));
    expect(await look(cast)).toEqual(await look(inOrder));
  });

  it('does not matter to who is told when two comments of one person change in one go', async () => {
    const { ana, ben, cy } = await newCast();
    const post = await ana.post();
    await cy.thread(post, 'follow');
    const [first, second] = [await ben.comment(post), await ben.comment(post)];
    await beckon.drain();
    expect(await cy.onlyGroup()).toMatchObject({ type: 'thread', actorCount: 1 });
    const comment = commentData({ postId: post, postAuthorId: ana.id, actorId: ben.id, version: 2 });
    await hand.deliver([
      eventOf('comment.removed.v1', { ...comment, commentId: first }),
      eventOf('comment.edited.v1', { ...comment, commentId: second, mentions: [ana.id] }),
    ]);
    expect(await cy.onlyGroup()).toMatchObject({ type: 'thread', actorCount: 1, actorIds: [ben.id] });
    expect(await cy.badge()).toMatchObject({ unread: 1 });
    expect((await ana.onlyGroup()).type).toBe('mention');
  });
});

/** All orders of up to four events; of more, those that turn, swap and reverse them. */
function someOrders(length: number): number[][] {
  const all = ordersOf(Array.from({ length }, (_, index) => index));
  return length <= 4 ? all : all.filter((_, index) => index % 7 === 0);
}

function ordersOf(of: number[]): number[][] {
  if (of.length <= 1) return [of];
  return of.flatMap((first) =>
    ordersOf(of.filter((other) => other !== first)).map((rest) => [first, ...rest]),
  );
}
