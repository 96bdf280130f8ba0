import { acquaint } from '#testkit/acquaint.js';
import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
});
afterAll(() => beckon?.stop());

describe.each(['mutes', 'blocks'] as const)('%s', (list) => {
  // People of each list's own.
  const id = (name: string) => `${name}-${list}`;
  const [ana, ben, cy, di, eve] = ['ana', 'ben', 'cy', 'di', 'eve'].map(id) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const [p1, p2] = [id('p1'), id('p2')];

  beforeAll(async () => {
    await beckon.people(ana, ben, cy, di, eve);
    const [asAna, asBen] = [await beckon.as(ana), await beckon.as(ben)];
    await insist(() => asAna.post('/v1/posts', { id: p1, body: 'By ana' }));
    await insist(() => asBen.post('/v1/posts', { id: p2, body: 'By ben' }));
    await acquaint(beckon, [ana, ben, cy, di, eve], [p1, p2]);
  });

  const inboxOf = async (who: string) => (await (await beckon.as(who)).get('/v1/notifications')).body;

  it('are set and lifted once, however often that is asked', async () => {
    const asAna = await beckon.as(ana);
    for (let n = 0; n < 2; n++) expect((await asAna.put(`/v1/me/${list}/${eve}`)).status).toBe(204);
    expect((await asAna.get(`/v1/me/${list}`)).body).toEqual({
      users: [
        {
          id: eve,
          handle: eve.replace('-', '_'),
          displayName: `${eve} the person`,
          avatarUrl: null,
          since: expect.stringMatching(/Z$/),
        },
      ],
      page: { next: null },
    });
    for (let n = 0; n < 2; n++) expect((await asAna.delete(`/v1/me/${list}/${eve}`)).status).toBe(204);
    expect((await asAna.get(`/v1/me/${list}`)).body).toEqual({ users: [], page: { next: null } });
  });

  it('are listed newest first, page by page, to their owner only', async () => {
    const asCy = await beckon.as(cy);
    for (const other of [ana, ben, di, eve]) await asCy.put(`/v1/me/${list}/${other}`);
    const first = (await asCy.get(`/v1/me/${list}?limit=3`)).body;
    expect(first.users.map(({ id }: { id: string }) => id)).toEqual([eve, di, ben]);
    const second = (await asCy.get(`/v1/me/${list}?limit=3&cursor=${first.page.next}`)).body;
    expect(second.users.map(({ id }: { id: string }) => id)).toEqual([ana]);
    expect(second.page.next).toBeNull();
    const foreign = await (await beckon.as(di)).get(`/v1/me/${list}?cursor=${first.page.next}`);
    expect(foreign.body).toEqual({ users: [], page: { next: null } });
    for (const other of [ana, ben, di, eve]) await asCy.delete(`/v1/me/${list}/${other}`);
  });

  it('hide what was told and what comes, from the moment they are answered, and bring it back', async () => {
    const asAna = await beckon.as(ana);
    const asBen = await beckon.as(ben);
    await insist(() => asBen.post(`/v1/posts/${p1}/reactions`, { type: 'like' }));
    await beckon.drain();
    const before = await inboxOf(ana);
    expect(before.groups).toHaveLength(1);

    await asAna.put(`/v1/me/${list}/${ben}`);
    const hidden = await inboxOf(ana);
    expect(hidden.groups).toEqual([]);
    expect(hidden.counts).toMatchObject({ unread: 0, unseen: 0 });
    await asBen.post(`/v1/posts/${p1}/comments`, { body: `Do you hear me, @${ana.replace('-', '_')}?` });
    await beckon.drain();
    expect((await inboxOf(ana)).groups).toEqual([]);

    await asAna.delete(`/v1/me/${list}/${ben}`);
    const back = await inboxOf(ana);
    expect(back.groups.map(({ type }: { type: string }) => type).toSorted()).toEqual(['mention', 'reaction']);
    expect(back.counts).toMatchObject({ unread: 2, unseen: 2 });
  });

  it('of one do not touch another', async () => {
    const asAna = await beckon.as(ana);
    await insist(() => asAna.put(`/v1/me/${list}/${ben}`));
    const asDi = await beckon.as(di);
    await insist(() => asDi.post(`/v1/posts/${p1}/reactions`, { type: 'wow' }));
    await beckon.drain();
    expect((await inboxOf(ana)).groups).toMatchObject([{ actorIds: [di], actorCount: 1 }]);
    await asAna.delete(`/v1/me/${list}/${ben}`);
  });

  it(`work ${list === 'blocks' ? 'both ways' : 'one way'}`, async () => {
    const asAna = await beckon.as(ana);
    await asAna.put(`/v1/me/${list}/${ben}`);
    await insist(() => asAna.post(`/v1/posts/${p2}/reactions`, { type: 'love' }));
    await beckon.drain();
    expect((await inboxOf(ben)).groups).toHaveLength(list === 'blocks' ? 0 : 1);
    await asAna.delete(`/v1/me/${list}/${ben}`);
    expect((await inboxOf(ben)).groups).toHaveLength(1);
  });

  it('are refused for oneself, for an impossible id and without a token', async () => {
    const asAna = await beckon.as(ana);
    for (const method of ['put', 'delete'] as const) {
      expectProblem(await asAna[method](`/v1/me/${list}/${ana}`), 400, 'RELATION_TO_SELF');
      expectProblem(await asAna[method](`/v1/me/${list}/a%00b`), 400, 'INVALID_INPUT', 'param.userId');
      expectProblem(await beckon.withHeaders({})[method](`/v1/me/${list}/${ben}`), 401, 'UNAUTHENTICATED');
    }
  });
});
