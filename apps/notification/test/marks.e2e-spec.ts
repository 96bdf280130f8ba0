import { Beckon } from '#testkit/beckon.js';
import { type Badge, type InboxGroup, scene } from '#testkit/person.js';
import { expectProblem } from '#testkit/problem.js';
import { inboxDifferences } from '#testkit/recount.js';

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
});
afterAll(() => beckon?.stop());

/** Ana with `count` notifications, the newest first. */
async function cast(count = 3) {
  const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
  const posts: string[] = [];
  for (let index = 0; index < count; index++) {
    posts.push(await ana.post());
    await ben.react(`posts/${posts[index]}`);
    await beckon.drain();
  }
  return { ana, ben, cy, posts, groups: (await ana.inbox()) as [InboxGroup, InboxGroup, InboxGroup] };
}

/** Holds a badge against what is expected, against the list and against a recount in SQL. */
async function expectBadge(
  { ana }: Pick<Awaited<ReturnType<typeof cast>>, 'ana'>,
  expected: Omit<Badge, 'seq'>,
): Promise<void> {
  expect(await ana.badge()).toMatchObject(expected);
  const unread = await ana.inbox('unread');
  expect(unread).toHaveLength(expected.unread);
  expect(unread.filter(({ seen }) => !seen)).toHaveLength(expected.unseen);
  expect(await inboxDifferences(beckon.database)).toEqual([]);
}

it('counts right after every mark, however often it is set', async () => {
  const given = await cast();
  const { ana, groups } = given;
  const [newest, middle, oldest] = groups;
  const steps: [() => Promise<unknown>, number, number][] = [
    [() => Promise.resolve(), 3, 3],
    [() => ana.mark(middle, 'read'), 2, 2],
    [() => ana.mark(middle, 'read'), 2, 2],
    [() => ana.mark(middle, 'unread'), 3, 3],
    [() => ana.mark(middle, 'unread'), 3, 3],
    [() => ana.seen(middle.activitySeq), 3, 1],
    [() => ana.seen(oldest.activitySeq), 3, 1],
    [() => ana.mark(oldest, 'archive'), 2, 1],
    [() => ana.mark(oldest, 'archive'), 2, 1],
    [() => ana.mark(oldest, 'read'), 2, 1],
    [() => ana.mark(oldest, 'unarchive'), 2, 1],
    [() => ana.mark(oldest, 'unread'), 3, 1],
    [() => ana.mark(newest, 'archive'), 2, 0],
    [() => ana.mark(newest, 'unarchive'), 3, 1],
    [() => ana.readUpTo(middle.activitySeq), 1, 1],
    [() => ana.readUpTo(middle.activitySeq), 1, 1],
    [() => ana.seen(newest.activitySeq), 1, 0],
    [() => ana.readUpTo(newest.activitySeq), 0, 0],
  ];
  for (const [step, unread, unseen] of steps) {
    await step();
    await expectBadge(given, { unread, unseen });
  }
  expect((await ana.inbox()).map(({ id }) => id)).toEqual(groups.map(({ id }) => id));
});

it('answers with the group as it now is; marking moves nothing to the top', async () => {
  const { ana, groups } = await cast();
  const [newest, , oldest] = groups;
  const read = await ana.mark(oldest, 'read');
  expect(read).toEqual({ ...oldest, seq: read.seq, readAt: expect.any(String) });
  expect(read.seq).toBeGreaterThan(newest.seq);
  expect(read.activitySeq).toBe(oldest.activitySeq);
  expect(await ana.mark(oldest, 'read')).toEqual(read);
  const unread = await ana.mark(oldest, 'unread');
  expect(unread).toEqual({ ...oldest, seq: unread.seq });
  const archived = await ana.mark(oldest, 'archive');
  expect(archived).toMatchObject({ id: oldest.id, archivedAt: expect.any(String), readAt: null });
  expect(await ana.inbox()).toHaveLength(2);
  expect((await ana.inbox('archived')).map(({ id }) => id)).toEqual([oldest.id]);
});

it('takes up-to as up to and including, and never further than there is', async () => {
  const given = await cast();
  const { ana, ben, posts, groups } = given;
  const [newest, middle, oldest] = groups;
  expect(await ana.readUpTo(middle.activitySeq)).toMatchObject({ unread: 1, unseen: 1 });
  expect((await ana.inbox()).map(({ readAt }) => readAt !== null)).toEqual([false, true, true]);
  expect(await ana.seen(0)).toMatchObject({ unread: 1, unseen: 1 });
  await ana.seen(oldest.activitySeq);
  expect((await ana.inbox()).map(({ seen }) => seen)).toEqual([false, false, true]);
  // A watermark from the future would swallow what comes.
  expect(await ana.seen(newest.activitySeq + 1_000_000)).toMatchObject({ unread: 1, unseen: 0 });
  await ben.comment(posts[0] as string);
  await beckon.drain();
  await expectBadge(given, { unread: 2, unseen: 1 });
});

it('leaves what comes after an up-to unread', async () => {
  const given = await cast(1);
  const { ana, cy, posts, groups } = given;
  const [group] = groups;
  await cy.react(`posts/${posts[0]}`);
  await beckon.drain();
  // It grew after it was looked at: its activity is newer than what the reader names.
  await ana.readUpTo(group.activitySeq);
  await expectBadge(given, { unread: 1, unseen: 1 });
  await ana.readUpTo((await ana.onlyGroup()).activitySeq);
  await expectBadge(given, { unread: 0, unseen: 0 });
});

it('closes what was read up to: what comes later is another group', async () => {
  const given = await cast(1);
  const { ana, cy, posts, groups } = given;
  await ana.readUpTo(groups[0].activitySeq);
  await cy.react(`posts/${posts[0]}`);
  await beckon.drain();
  expect((await ana.inbox()).map(({ actorIds }) => actorIds)).toEqual([[cy.id], groups[0].actorIds]);
  await expectBadge(given, { unread: 1, unseen: 1 });
});

it('closes what was read, even when it is marked unread again', async () => {
  const given = await cast(1);
  const { ana, cy, posts, groups } = given;
  await ana.mark(groups[0], 'read');
  await ana.mark(groups[0], 'unread');
  await cy.react(`posts/${posts[0]}`);
  await beckon.drain();
  expect((await ana.inbox()).map(({ actorIds }) => actorIds)).toEqual([[cy.id], groups[0].actorIds]);
  await expectBadge(given, { unread: 2, unseen: 2 });
});

it('moves what is archived from the lists to the archive and back', async () => {
  const { ana, groups } = await cast();
  const [newest, middle, oldest] = groups;
  const ids = async (state?: 'unread' | 'archived') => (await ana.inbox(state)).map(({ id }) => id);
  await ana.mark(middle, 'archive');
  expect(await ids()).toEqual([newest.id, oldest.id]);
  expect(await ids('unread')).toEqual([newest.id, oldest.id]);
  expect(await ids('archived')).toEqual([middle.id]);
  expect(await ana.mark(middle, 'unarchive')).toMatchObject({ id: middle.id, archivedAt: null });
  expect(await ids()).toEqual([newest.id, middle.id, oldest.id]);
  expect(await ids('archived')).toEqual([]);
});

it('reads up to one once: what was read before keeps its time', async () => {
  const { ana, groups } = await cast();
  const times = async () => (await ana.inbox()).map(({ readAt }) => readAt);
  const read = await ana.readUpTo(groups[1].activitySeq);
  expect(read).toEqual(await ana.badge());
  const before = await times();
  expect(before).toEqual([null, expect.any(String), expect.any(String)]);
  expect(await ana.readUpTo(groups[1].activitySeq)).toEqual(read);
  expect(await times()).toEqual(before);
  expect(await ana.readUpTo(Number.MAX_SAFE_INTEGER)).toMatchObject({ unread: 0, unseen: 0 });
  expect((await times()).slice(1)).toEqual(before.slice(1));
});

it('has seen, far past the newest, what there is and nothing of what comes', async () => {
  const given = await cast();
  const { ana, cy, posts } = given;
  expect(await ana.seen(Number.MAX_SAFE_INTEGER)).toMatchObject({ unread: 3, unseen: 0 });
  await cy.react(`posts/${posts[0]}`);
  await beckon.drain();
  await expectBadge(given, { unread: 3, unseen: 1 });
});

it('tells the stream of every mark: the groups in order, then the counts', async () => {
  const { ana, groups } = await cast();
  const [newest, middle, oldest] = groups;
  const stream = await beckon.stream(ana.id);
  await ana.readUpTo(newest.activitySeq);
  const counts = await stream.waitFor(({ event, data }) => event === 'counts' && data.unread === 0);
  const told = stream.events.filter(({ event }) => event === 'group');
  expect(told.map(({ data }) => data.group.id)).toEqual([oldest.id, middle.id, newest.id]);
  for (const { id, data } of told) {
    expect(data.group.readAt).not.toBeNull();
    expect(id).toBe(data.group.seq);
    expect(id).toBeLessThan(counts.id);
  }
  await stream.close();
});

it('leaves a stranger with nothing to mark', async () => {
  const given = await cast(1);
  const { cy, groups } = given;
  for (const mark of ['read', 'unread', 'archive', 'unarchive'])
    expect((await cy.api.post(`/v1/notifications/${groups[0].id}/${mark}`)).status).toBe(404);
  expect(await cy.seen(1_000)).toEqual({ unread: 0, unseen: 0, seq: 0 });
  expect(await cy.readUpTo(1_000)).toEqual({ unread: 0, unseen: 0, seq: 0 });
  await expectBadge(given, { unread: 1, unseen: 1 });
});

it.each(['seen', 'read'])('refuses (%s) what is no sequence', async (mark) => {
  const api = await beckon.as('no-profile');
  for (const upTo of [-1, 1.5, '1', null, Number.MAX_SAFE_INTEGER + 2, undefined, [1]]) {
    expectProblem(await api.post(`/v1/notifications/${mark}`, { upTo }), 400, 'INVALID_INPUT', 'body.upTo');
  }
  const extra = await api.post(`/v1/notifications/${mark}`, { upTo: 1, downTo: 0 });
  expectProblem(extra, 400, 'INVALID_INPUT', 'body');
  const nobody = beckon.withHeaders({});
  expectProblem(await nobody.post(`/v1/notifications/${mark}`, { upTo: 1 }), 401, 'UNAUTHENTICATED');
  expect((await api.post(`/v1/notifications/${mark}`, { upTo: 1 })).status).toBe(200);
});
