import { Beckon } from '#testkit/beckon.js';
import { expectProblem } from '#testkit/problem.js';

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
});
afterAll(() => beckon?.stop());

describe('profiles', () => {
  it('are created by their owners with 201 and replaced with 200', async () => {
    const ana = await beckon.as('ana');
    const full = {
      handle: 'Ana_S',
      displayName: 'Ana Sousa',
      avatarUrl: 'https://example.com/ana.png',
      locale: 'pt-PT',
      timeZone: 'Europe/Lisbon',
      email: 'ana@example.com',
    };

    const created = await ana.put('/v1/users/ana', full);
    const { email: _, ...shown } = full;
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: 'ana',
      ...shown,
      followers: 0,
      following: 0,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect((await ana.get('/v1/users/ana')).body).toEqual(created.body);

    const replaced = await ana.put('/v1/users/ana', { handle: 'ana_s', displayName: 'Ana' });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toEqual({
      ...created.body,
      handle: 'ana_s',
      displayName: 'Ana',
      avatarUrl: null,
      locale: null,
      timeZone: null,
    });
  });

  it('are saved by a service for anybody, without saying for whom it acts', async () => {
    const service = await beckon.asService();
    const answer = await service.put('/v1/users/sam', { handle: 'sam', displayName: 'Sam' });
    expect(answer.status).toBe(201);
    const stranger = await beckon.as('someone-without-a-profile');
    expect((await stranger.get('/v1/users/sam')).body).toEqual(answer.body);
  });

  it('are changed by nobody else', async () => {
    const eve = await beckon.as('eve');
    expectProblem(
      await eve.put('/v1/users/victim', { handle: 'victim', displayName: 'Not me' }),
      403,
      'FORBIDDEN',
    );
    expectProblem(await eve.get('/v1/users/victim'), 404, 'USER_NOT_FOUND');
  });

  it('keep a handle to one person, whatever its letter case', async () => {
    await beckon.people('first');
    const second = await beckon.as('second');
    expectProblem(
      await second.put('/v1/users/second', { handle: 'FIRST', displayName: 'Second' }),
      409,
      'USER_HANDLE_TAKEN',
      'body.handle',
    );
    const first = await beckon.as('first');
    const recased = await first.put('/v1/users/first', { handle: 'First', displayName: 'First' });
    expect(recased).toMatchObject({ status: 200, body: { handle: 'First' } });
    await first.put('/v1/users/first', { handle: 'moved_on', displayName: 'First' });
    const freed = await second.put('/v1/users/second', { handle: 'FIRST', displayName: 'Second' });
    expect(freed).toMatchObject({ status: 201, body: { handle: 'FIRST' } });
  });

  it('go to one of many who want the same handle at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const api = await beckon.as(`racer-${n}`);
        const handle = n % 2 === 0 ? 'winner' : 'WINNER';
        return api.put(`/v1/users/racer-${n}`, { handle, displayName: 'Racer' });
      }),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array<number>(11).fill(409),
    ]);
  });

  it('saved twice at the same moment exist once', async () => {
    const twin = await beckon.as('twin');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => twin.put('/v1/users/twin', { handle: 'twin', displayName: 'Twin' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array<number>(7).fill(200),
      201,
    ]);
  });

  it.each<[string, unknown, ...string[]]>([
    ['no handle', { displayName: 'X' }, 'body.handle'],
    ['no name', { handle: 'x' }, 'body.displayName'],
    ['nothing', {}, 'body.handle', 'body.displayName'],
    ['a handle with a hyphen', { handle: 'a-b', displayName: 'X' }, 'body.handle'],
    ['a handle that looks like another', { handle: 'аna', displayName: 'X' }, 'body.handle'],
    ['a handle of 31 characters', { handle: 'a'.repeat(31), displayName: 'X' }, 'body.handle'],
    ['a blank name', { handle: 'x', displayName: ' ' }, 'body.displayName'],
    ['a name of two lines', { handle: 'x', displayName: 'a\nb' }, 'body.displayName'],
    ['a name of 101 characters', { handle: 'x', displayName: 'é'.repeat(101) }, 'body.displayName'],
    [
      'a script for an avatar',
      { handle: 'x', displayName: 'X', avatarUrl: 'javascript:1' },
      'body.avatarUrl',
    ],
    ['a locale that is none', { handle: 'x', displayName: 'X', locale: 'not a locale' }, 'body.locale'],
    ['a time zone that is none', { handle: 'x', displayName: 'X', timeZone: 'Mars/Base' }, 'body.timeZone'],
    ['an email that is none', { handle: 'x', displayName: 'X', email: 'me' }, 'body.email'],
    ['a number for a name', { handle: 'x', displayName: 7 }, 'body.displayName'],
    ['an unknown field', { handle: 'x', displayName: 'X', admin: true }, 'body'],
    ['a list', [], 'body'],
  ])('are not saved with %s', async (_, body, ...paths) => {
    const api = await beckon.as('invalid');
    expectProblem(await api.put('/v1/users/invalid', body), 400, 'INVALID_INPUT', ...paths);
    expect((await api.get('/v1/users/invalid')).status).toBe(404);
  });

  it('need an id that is possible', async () => {
    const service = await beckon.asService();
    for (const id of ['a.b', 'ä', 'a'.repeat(65), '%20']) {
      expectProblem(await service.get(`/v1/users/${id}`), 400, 'INVALID_INPUT', 'param.userId');
    }
  });
});

describe('profiles in bulk', () => {
  const users = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, n) => ({
      id: `${prefix}-${n}`,
      handle: `${prefix}_${n}`,
      displayName: `Person ${n}`,
    }));

  it('come 1000 at a time, those made and those changed counted apart', async () => {
    const service = await beckon.asService();
    const some = await service.post('/v1/batch/users', { users: users(10, 'bulk') });
    expect(some).toMatchObject({ status: 200, body: { created: 10, updated: 0 } });
    const all = users(1000, 'bulk').map((user) => ({
      ...user,
      displayName: 'é'.repeat(100),
      avatarUrl: `https://example.com/${'x'.repeat(450)}`,
    }));
    const more = await service.post('/v1/batch/users', { users: all });
    expect(more).toMatchObject({ status: 200, body: { created: 990, updated: 10 } });
    for (const n of [0, 500, 999]) {
      expect((await service.get(`/v1/users/bulk-${n}`)).body).toMatchObject({ handle: `bulk_${n}` });
    }
  });

  it('are all refused for one that is bad, which is named', async () => {
    const service = await beckon.asService();
    await beckon.people('owner');
    const batch = users(5, 'never');
    const change = (index: number, fields: object) =>
      batch.map((user, n) => (n === index ? { ...user, ...fields } : user));
    const bad: [object[], number, string, string][] = [
      [change(3, { handle: 'OWNER' }), 409, 'USER_HANDLE_TAKEN', 'body.users.3.handle'],
      [change(2, { id: 'never-1' }), 400, 'INVALID_INPUT', 'body.users.2.id'],
      [change(4, { handle: 'NEVER_0' }), 400, 'INVALID_INPUT', 'body.users.4.handle'],
      [change(1, { displayName: '' }), 400, 'INVALID_INPUT', 'body.users.1.displayName'],
      [change(1, { nick: 'x' }), 400, 'INVALID_INPUT', 'body.users.1'],
      [users(1001, 'never'), 400, 'INVALID_INPUT', 'body.users'],
      [[], 400, 'INVALID_INPUT', 'body.users'],
    ];
    for (const [rows, status, code, path] of bad) {
      expectProblem(await service.post('/v1/batch/users', { users: rows }), status, code, path);
    }
    for (const { id } of batch) expect((await service.get(`/v1/users/${id}`)).status).toBe(404);
  });

  it('are for services only', async () => {
    const body = { users: users(1, 'no') };
    const admin = beckon.withHeaders({ authorization: `Bearer ${await beckon.tokenOf('root', 'admin')}` });
    for (const api of [await beckon.as('ana'), admin]) {
      expectProblem(await api.post('/v1/batch/users', body), 403, 'FORBIDDEN');
      expectProblem(await api.post('/v1/batch/follows', { follows: [] }), 403, 'FORBIDDEN');
    }
    expectProblem(await beckon.withHeaders({}).post('/v1/batch/users', body), 401, 'UNAUTHENTICATED');
  });
});
