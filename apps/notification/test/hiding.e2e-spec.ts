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

/** Inbox and badge as they look, without ids, numbers and times. */
async function look(person: Person) {
  const { unread, unseen } = await person.badge();
  const groups = (await person.inbox()).map(
    ({ type, actorIds, actorCount, reactions, seen, readAt, title }) => ({
      type,
      actorIds,
      actorCount,
      reactions,
      seen,
      read: readAt !== null,
      title,
    }),
  );
  return { groups, unread, unseen };
}

/** A post of Ana's, which Ben and Cy are about to act on. */
async function cast() {
  const people = await scene(beckon, 'ana', 'ben', 'cy', 'dee');
  const post = await people.ana.post('A boat!');
  return { ...people, post, path: `posts/${post}` as const };
}
type Cast = Awaited<ReturnType<typeof cast>>;

/** Everything that one person can do to another. */
async function doEverything({ ana, ben, post, path }: Cast): Promise<void> {
  const own = await ana.comment(post, 'Mine');
  await beckon.drain();
  await ben.react(path, 'love');
  await beckon.drain();
  await ben.react(`comments/${own}`, 'wow');
  await beckon.drain();
  await ben.comment(post, 'Plain');
  await beckon.drain();
  await ben.comment(post, 'Reply', own);
  await beckon.drain();
  await ben.comment(post, `Hey @${ana.id}`);
  await beckon.drain();
  await ben.follow(ana);
  await beckon.drain();
}
const all = ['follow', 'mention', 'reply', 'comment', 'reaction', 'reaction'];

/** More than two pages of 500. */
const MANY = 1_100;

/** As if the one comment in somebody's inbox had been made so many times more. */
async function multiplyComments({ id }: Person, times: number): Promise<void> {
  await beckon.database.query(
    `INSERT INTO notification.member
     SELECT (jsonb_populate_record(one, jsonb_build_object('act_id', 'comment:' || gen_random_uuid()))).*
     FROM notification.member one, generate_series(1, $2) WHERE recipient_id = $1`,
    [id, times],
  );
  await beckon.database.query(
    'UPDATE notification.inbox_group SET act_count = act_count + $2 WHERE recipient_id = $1',
    [id, times],
  );
}

async function visibleOf({ id }: Person): Promise<number | undefined> {
  const [row] = await beckon.database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM notification.member WHERE recipient_id = $1 AND active AND hidden = 0`,
    [id],
  );
  return row?.n;
}

const relations: [string, (cast: Cast) => Promise<void>, (cast: Cast) => Promise<void>][] = [
  ['a mute', ({ ana, ben }) => ana.mute(ben), ({ ana, ben }) => ana.unmute(ben)],
  ['a block', ({ ana, ben }) => ana.block(ben), ({ ana, ben }) => ana.unblock(ben)],
  ['a block by the other', ({ ana, ben }) => ben.block(ana), ({ ana, ben }) => ben.unblock(ana)],
];

describe.each(relations)('%s', (_, set, lift) => {
  it('hides all that was told, in force when it is answered, and brings it back as it was', async () => {
    const given = await cast();
    await doEverything(given);
    const before = await look(given.ana);
    expect(before.groups.map(({ type }) => type)).toEqual(all);
    expect(before).toMatchObject({ unread: 6, unseen: 6 });
    await set(given);
    expect(await look(given.ana)).toEqual({ groups: [], unread: 0, unseen: 0 });
    await lift(given);
    expect(await look(given.ana)).toEqual(before);
  });

  it('hides more than one transaction takes, and brings all of it back', async () => {
    const given = await cast();
    const { ana, ben, post } = given;
    await ben.comment(post, 'One of many');
    await beckon.drain();
    await multiplyComments(ana, MANY);
    const visible = () => visibleOf(ana);
    expect(await visible()).toBe(MANY + 1);
    await set(given);
    expect(await visible()).toBe(0);
    expect(await look(ana)).toEqual({ groups: [], unread: 0, unseen: 0 });
    await lift(given);
    expect(await visible()).toBe(MANY + 1);
    expect(await look(ana)).toMatchObject({ groups: [{ type: 'comment', actorIds: [ben.id] }], unread: 1 });
  });

  it('and then acts and then lifting it ends as acts, it and lifting it do', async () => {
    const [first, second] = [await cast(), await cast()];
    await set(first);
    await doEverything(first);
    expect(await look(first.ana)).toEqual({ groups: [], unread: 0, unseen: 0 });
    await lift(first);
    await doEverything(second);
    await set(second);
    await lift(second);
    const named = (text: unknown, { ana, ben }: Cast): unknown =>
      JSON.parse(JSON.stringify(text).replaceAll(ana.id, 'ana').replaceAll(ben.id, 'ben'));
    expect(named(await look(first.ana), first)).toEqual(named(await look(second.ana), second));
  });

  it('hides one of a group and leaves the others', async () => {
    const given = await cast();
    const { ana, ben, cy, path } = given;
    await cy.react(path, 'like');
    await beckon.drain();
    await ana.seen((await ana.onlyGroup()).activitySeq);
    await ben.react(path, 'love');
    await beckon.drain();
    expect(await look(ana)).toMatchObject({ groups: [{ actorCount: 2, seen: false }], unread: 1, unseen: 1 });
    await set(given);
    expect(await look(ana)).toMatchObject({
      groups: [{ actorIds: [cy.id], reactions: { like: 1 }, seen: true }],
      unread: 1,
      unseen: 0,
    });
    await lift(given);
    expect(await look(ana)).toMatchObject({
      groups: [{ actorIds: [ben.id, cy.id], reactions: { like: 1, love: 1 }, seen: false }],
      unread: 1,
      unseen: 1,
    });
  });

  it('keeps hidden what changes behind it, and does not bring back what was taken back', async () => {
    const given = await cast();
    const { ana, ben, path } = given;
    await ben.react(path, 'like');
    await ben.follow(ana);
    await beckon.drain();
    await set(given);
    await ben.react(path, 'love');
    await ben.unfollow(ana);
    await beckon.drain();
    expect(await look(ana)).toEqual({ groups: [], unread: 0, unseen: 0 });
    await lift(given);
    expect(await look(ana)).toMatchObject({
      groups: [{ type: 'reaction', reactions: { love: 1 } }],
      unread: 1,
    });
  });
});

describe('hiding', () => {
  it('tells the stream that a group went, and that it is back', async () => {
    const { ana, ben, path } = await cast();
    await ben.react(path);
    await beckon.drain();
    const { id } = await ana.onlyGroup();
    const stream = await beckon.stream(ana.id);
    await ana.mute(ben);
    const removed = await stream.waitFor(({ event }) => event === 'removed');
    expect(removed.data.id).toBe(id);
    await stream.waitFor(({ event, data }) => event === 'counts' && data.unread === 0);
    await ana.unmute(ben);
    await stream.waitFor(({ event, data }) => event === 'group' && data.group.id === id);
    await stream.waitFor(({ event, data }) => event === 'counts' && data.unread === 1);
    await stream.close();
  });

  it('says nothing on the stream of what a muted person does', async () => {
    const { ana, ben, cy, path } = await cast();
    await ana.mute(ben);
    const stream = await beckon.stream(ana.id);
    await ben.react(path);
    await beckon.drain();
    await cy.react(path);
    await stream.waitFor(({ event }) => event === 'group');
    expect(JSON.stringify(stream.events)).not.toContain(ben.id);
    expect(stream.events.find(({ event }) => event === 'group')?.data.group.actorIds).toEqual([cy.id]);
    await stream.close();
  });

  it('works for every one of several reasons: lifting the mute leaves the block', async () => {
    const { ana, ben, path } = await cast();
    await ben.react(path);
    await beckon.drain();
    await ana.mute(ben);
    await ana.block(ben);
    await ben.block(ana);
    await ana.unmute(ben);
    expect((await look(ana)).unread).toBe(0);
    await ana.unblock(ben);
    expect((await look(ana)).unread).toBe(0);
    await ben.unblock(ana);
    expect((await look(ana)).unread).toBe(1);
  });

  it('keeps a group that was read or archived read or archived', async () => {
    const { ana, ben, post, path } = await cast();
    await ben.react(path);
    await beckon.drain();
    await ben.comment(post);
    await beckon.drain();
    const [comment, reaction] = await ana.inbox();
    if (comment === undefined || reaction === undefined) throw new Error('two were expected');
    await ana.mark(comment, 'read');
    await ana.mark(reaction, 'archive');
    await ana.mute(ben);
    expect((await ana.api.post(`/v1/notifications/${comment.id}/unread`)).status).toBe(404);
    await ana.unmute(ben);
    expect(await look(ana)).toMatchObject({ groups: [{ type: 'comment', read: true }], unread: 0 });
    expect(await ana.inbox('archived')).toHaveLength(1);
  });
});

describe('a muted thread', () => {
  it('hides comments, replies and mentions under the post, before and after, and no reactions', async () => {
    const given = await cast();
    const { ana, ben, post, path } = given;
    await doEverything(given);
    const before = await look(ana);
    await ana.thread(post, 'mute');
    await beckon.drain();
    expect((await look(ana)).groups.map(({ type }) => type)).toEqual(['follow', 'reaction', 'reaction']);
    expect(await look(ana)).toMatchObject({ unread: 3, unseen: 3 });
    await ben.comment(post, 'More');
    await ben.react(path, 'sad');
    await beckon.drain();
    expect((await look(ana)).groups.map(({ type }) => type)).toEqual(['follow', 'reaction', 'reaction']);
    await ana.thread(post, 'default');
    await beckon.drain();
    const after = await look(ana);
    expect(after.groups.map(({ type }) => type).toSorted()).toEqual(all.toSorted());
    expect(after.unread).toBe(before.unread);
  });

  it('hides more than one transaction takes, and brings all of it back', async () => {
    const { ana, ben, post } = await cast();
    await ben.comment(post, 'One of many');
    await beckon.drain();
    await multiplyComments(ana, MANY);
    expect(await visibleOf(ana)).toBe(MANY + 1);
    await ana.thread(post, 'mute');
    await beckon.drain();
    expect(await visibleOf(ana)).toBe(0);
    expect(await look(ana)).toEqual({ groups: [], unread: 0, unseen: 0 });
    await ana.thread(post, 'default');
    await beckon.drain();
    expect(await visibleOf(ana)).toBe(MANY + 1);
    expect(await look(ana)).toMatchObject({ groups: [{ type: 'comment', actorIds: [ben.id] }], unread: 1 });
  });

  it('is one thread: comments on other posts are told', async () => {
    const { ana, ben, post } = await cast();
    const other = await ana.post();
    await ana.thread(post, 'mute');
    await beckon.drain();
    await ben.comment(post);
    await ben.comment(other);
    await beckon.drain();
    expect(await ana.onlyGroup()).toMatchObject({ subject: { id: other } });
  });
});
