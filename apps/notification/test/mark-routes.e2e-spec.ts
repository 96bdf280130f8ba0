import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';

interface Group {
  readonly id: string;
  readonly activitySeq: number;
  readonly seen: boolean;
  readonly readAt: string | null;
}

let beckon: Beckon;
let people = 0;

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('fan', 'fan2');
});
afterAll(() => beckon?.stop());

const react = async (post: string, type: string) => {
  const fan = await beckon.as('fan2');
  await insist(() => fan.post(`/v1/posts/${post}/reactions`, { type }));
};

/** A person with three unread notifications of reactions, newest first. */
async function reader() {
  const id = `reader-${people++}`;
  await beckon.people(id);
  const [api, fan] = [await beckon.as(id), await beckon.as('fan')];
  for (let n = 0; n < 3; n++) {
    await insist(() => api.post('/v1/posts', { id: `${id}-${n}`, body: `Post ${n}` }));
    await insist(() => fan.post(`/v1/posts/${id}-${n}/reactions`, { type: 'like' }));
    await beckon.drain();
  }
  const list = async (state = 'all') =>
    (await api.get(`/v1/notifications?state=${state}`)).body.groups as Group[];
  const counts = async () => (await api.get('/v1/notifications/counts')).body;
  const ids = async (state?: string) => (await list(state)).map((group) => group.id);
  return { id, api, list, ids, counts };
}

describe('reading a notification', () => {
  it('answers the group as it now is, moves the badge and leaves its place in the list', async () => {
    const { api, list, ids, counts } = await reader();
    const before = await list();
    const last = before[2] as Group;
    const read = await api.post(`/v1/notifications/${last.id}/read`);
    expect(read.status).toBe(200);
    expect(read.body).toEqual({ ...last, seq: read.body.seq, readAt: expect.stringMatching(/Z$/) });
    expect(read.body.seq).toBeGreaterThan((before[0] as Group & { seq: number }).seq);
    expect(await ids()).toEqual(before.map(({ id }) => id));
    expect(await ids('unread')).toEqual(before.slice(0, 2).map(({ id }) => id));
    expect(await counts()).toMatchObject({ unread: 2, unseen: 2 });

    const again = await api.post(`/v1/notifications/${last.id}/read`);
    expect(again).toMatchObject({ status: 200, body: read.body });
    const undone = await api.post(`/v1/notifications/${last.id}/unread`);
    expect(undone).toMatchObject({ status: 200, body: { readAt: null } });
    expect(await counts()).toMatchObject({ unread: 3 });
    expect(await ids('unread')).toEqual(before.map(({ id }) => id));
  });

  it('closes it: what comes then is another, even when it is marked unread again', async () => {
    const { id, api, list } = await reader();
    const [newest] = await list();
    await api.post(`/v1/notifications/${newest?.id}/read`);
    await api.post(`/v1/notifications/${newest?.id}/unread`);
    await react(`${id}-2`, 'wow');
    await beckon.drain();
    const after = await list();
    expect(after).toHaveLength(4);
    expect(after[0]).toMatchObject({ actorIds: ['fan2'], actorCount: 1 });
    expect(after[1]).toMatchObject({ id: newest?.id, actorIds: ['fan'], actorCount: 1 });
  });
});

describe('archiving a notification', () => {
  it('moves it from the list to the archive and back, and out of the badge', async () => {
    const { api, list, ids, counts } = await reader();
    const [first, second, third] = await list();
    const archived = await api.post(`/v1/notifications/${second?.id}/archive`);
    expect(archived.status).toBe(200);
    expect(archived.body).toEqual({
      ...second,
      seq: archived.body.seq,
      archivedAt: expect.stringMatching(/Z$/),
    });
    expect(await ids()).toEqual([first?.id, third?.id]);
    expect(await ids('unread')).toEqual([first?.id, third?.id]);
    expect(await ids('archived')).toEqual([second?.id]);
    expect(await counts()).toMatchObject({ unread: 2, unseen: 2 });
    const again = await api.post(`/v1/notifications/${second?.id}/archive`);
    expect(again.body).toEqual(archived.body);

    const back = await api.post(`/v1/notifications/${second?.id}/unarchive`);
    expect(back).toMatchObject({ status: 200, body: { archivedAt: null } });
    expect(await ids()).toEqual([first?.id, second?.id, third?.id]);
    expect(await ids('archived')).toEqual([]);
    expect(await counts()).toMatchObject({ unread: 3 });
  });
});

describe('seeing notifications', () => {
  it('up to one marks it and those before it, and never takes that back', async () => {
    const { api, list, counts } = await reader();
    const [, middle] = await list();
    const seen = await api.post('/v1/notifications/seen', { upTo: middle?.activitySeq });
    expect(seen.status).toBe(200);
    expect(seen.body).toEqual(await counts());
    expect(seen.body).toMatchObject({ unread: 3, unseen: 1 });
    expect((await list()).map((group) => group.seen)).toEqual([false, true, true]);
    const backwards = await api.post('/v1/notifications/seen', { upTo: 0 });
    expect(backwards.body).toEqual(seen.body);
  });

  it('far past the newest sees what there is, and nothing of what comes', async () => {
    const { id, api, list, counts } = await reader();
    const all = await api.post('/v1/notifications/seen', { upTo: Number.MAX_SAFE_INTEGER });
    expect(all).toMatchObject({ status: 200, body: { unread: 3, unseen: 0 } });
    await react(`${id}-0`, 'like');
    await beckon.drain();
    expect(await counts()).toMatchObject({ unread: 3, unseen: 1 });
    expect((await list())[0]).toMatchObject({ seen: false, actorCount: 2 });
  });
});

describe('reading notifications up to one', () => {
  it('reads it and those before it, once', async () => {
    const { api, list, ids, counts } = await reader();
    const [first, middle] = await list();
    const read = await api.post('/v1/notifications/read', { upTo: middle?.activitySeq });
    expect(read.status).toBe(200);
    expect(read.body).toEqual(await counts());
    expect(read.body).toMatchObject({ unread: 1, unseen: 1 });
    expect(await ids('unread')).toEqual([first?.id]);
    const times = (await list()).map(({ readAt }) => readAt);
    expect(times[0]).toBeNull();
    expect((await api.post('/v1/notifications/read', { upTo: middle?.activitySeq })).body).toEqual(read.body);
    expect((await list()).map(({ readAt }) => readAt)).toEqual(times);
    const rest = await api.post('/v1/notifications/read', { upTo: Number.MAX_SAFE_INTEGER });
    expect(rest).toMatchObject({ status: 200, body: { unread: 0, unseen: 0 } });
    expect(await ids('unread')).toEqual([]);
  });

  it.each(['seen', 'read'])('is refused (%s) for what is no sequence', async (mark) => {
    const api = await beckon.as('fan');
    for (const upTo of [-1, 1.5, '1', null, Number.MAX_SAFE_INTEGER + 2, undefined, [1]]) {
      expectProblem(await api.post(`/v1/notifications/${mark}`, { upTo }), 400, 'INVALID_INPUT', 'body.upTo');
    }
    const extra = await api.post(`/v1/notifications/${mark}`, { upTo: 1, downTo: 0 });
    expectProblem(extra, 400, 'INVALID_INPUT', 'body');
    const nobody = beckon.withHeaders({});
    expectProblem(await nobody.post(`/v1/notifications/${mark}`, { upTo: 1 }), 401, 'UNAUTHENTICATED');
    expect(
      (await (await beckon.as('no-profile')).post(`/v1/notifications/${mark}`, { upTo: 1 })).status,
    ).toBe(200);
  });
});
