import { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';

const HOUR = 3_600_000;

interface Point {
  readonly at: string;
  readonly value: number;
}

let beckon: Beckon;

beforeAll(async () => {
  beckon = await Beckon.start();
  await beckon.people('ana', 'ben', 'cy', 'di', 'eve');
});
afterAll(() => beckon?.stop());

const reader = () => beckon.as('a-reader-without-a-profile');
const publish = async (id: string) => {
  const ana = await beckon.as('ana');
  await insist(() => ana.post('/v1/posts', { id, body: 'Hello' }));
};
const react = async (who: string, post: string, type: string) => {
  const api = await beckon.as(who);
  await insist(() => api.post(`/v1/posts/${post}/reactions`, { type }));
};
const comment = async (who: string, post: string): Promise<string> => {
  const api = await beckon.as(who);
  return (await insist(() => api.post(`/v1/posts/${post}/comments`, { body: 'x' }))).id;
};
const countersOf = async (post: string) => {
  await beckon.drain();
  return (await (await reader()).get(`/v1/analytics/posts/${post}`)).body;
};
const seriesOf = async (post: string, query: string): Promise<Point[]> => {
  await beckon.drain();
  const answer = await (await reader()).get(`/v1/analytics/posts/${post}/series?${query}`);
  expect(answer.status).toBe(200);
  return answer.body.points;
};
const sum = (points: Point[]) => points.reduce((total, { value }) => total + value, 0);

describe('the counters of a post', () => {
  it('are zeros when nothing happened', async () => {
    await publish('fresh');
    const zeros = { postId: 'fresh', reactions: { total: 0, byType: {} }, comments: 0, commenters: 0 };
    expect((await (await reader()).get('/v1/analytics/posts/fresh')).body).toMatchObject(zeros);
    expect(await countersOf('fresh')).toMatchObject(zeros);
  });

  it('follow reactions as they are given, changed and taken back', async () => {
    await publish('liked');
    await react('ben', 'liked', 'like');
    await react('cy', 'liked', 'like');
    await react('di', 'liked', 'love');
    await react('di', 'liked', 'love');
    const before = await countersOf('liked');
    expect(before.reactions).toEqual({ total: 3, byType: { like: 2, love: 1 } });
    expect(Date.parse(before.updatedAt)).toBeLessThanOrEqual(Date.now() + 1_000);

    await react('ben', 'liked', 'love');
    await (await beckon.as('di')).delete('/v1/posts/liked/reactions/mine');
    const after = await countersOf('liked');
    expect(after.reactions).toEqual({ total: 2, byType: { like: 1, love: 1 } });
    expect(Date.parse(after.updatedAt)).toBeGreaterThanOrEqual(Date.parse(before.updatedAt));

    for (const who of ['ben', 'cy']) await (await beckon.as(who)).delete('/v1/posts/liked/reactions/mine');
    expect((await countersOf('liked')).reactions).toEqual({ total: 0, byType: {} });
  });

  it('count comments, and people with a comment that stands', async () => {
    await publish('discussed');
    const [first, second] = [await comment('ben', 'discussed'), await comment('ben', 'discussed')];
    await comment('cy', 'discussed');
    await comment('ana', 'discussed');
    expect(await countersOf('discussed')).toMatchObject({ comments: 4, commenters: 3 });
    const ben = await beckon.as('ben');
    await ben.patch(`/v1/comments/${first}`, { body: 'Edited' });
    await ben.delete(`/v1/comments/${first}`);
    expect(await countersOf('discussed')).toMatchObject({ comments: 3, commenters: 3 });
    await ben.delete(`/v1/comments/${second}`);
    expect(await countersOf('discussed')).toMatchObject({ comments: 2, commenters: 2 });
    await comment('ben', 'discussed');
    expect(await countersOf('discussed')).toMatchObject({ comments: 3, commenters: 3 });
  });

  it('count nothing of what comments are given', async () => {
    await publish('quiet');
    const id = await comment('ben', 'quiet');
    const cy = await beckon.as('cy');
    await insist(() => cy.post(`/v1/comments/${id}/reactions`, { type: 'like' }));
    expect(await countersOf('quiet')).toMatchObject({ reactions: { total: 0, byType: {} }, comments: 1 });
  });

  it('are of posts that are there, for people who say who they are', async () => {
    await publish('removed');
    await react('ben', 'removed', 'like');
    await beckon.drain();
    await (await beckon.as('ana')).delete('/v1/posts/removed');
    await beckon.drain();
    const series = 'series?metric=reactions';
    for (const post of ['never', 'removed']) {
      const path = `/v1/analytics/posts/${post}`;
      expectProblem(await (await reader()).get(path), 404, 'ANALYTICS_POST_NOT_FOUND');
      expectProblem(await (await reader()).get(`${path}/${series}`), 404, 'ANALYTICS_POST_NOT_FOUND');
    }
    const impossible = await (await reader()).get('/v1/analytics/posts/a.b');
    expectProblem(impossible, 400, 'INVALID_INPUT', 'param.postId');
    for (const path of ['posts/fresh', `posts/fresh/${series}`, 'trending']) {
      expectProblem(await beckon.withHeaders({}).get(`/v1/analytics/${path}`), 401, 'UNAUTHENTICATED');
    }
  });
});

describe('the series of a post', () => {
  it('sums to its counters, by the hour and by the day', async () => {
    await publish('series');
    for (const who of ['ben', 'cy', 'di', 'eve']) await react(who, 'series', 'like');
    await react('eve', 'series', 'sad');
    await (await beckon.as('di')).delete('/v1/posts/series/reactions/mine');
    await comment('ben', 'series');
    const gone = await comment('cy', 'series');
    await (await beckon.as('cy')).delete(`/v1/comments/${gone}`);
    const counters = await countersOf('series');
    expect(counters).toMatchObject({ reactions: { total: 3 }, comments: 1 });
    for (const interval of ['hour', 'day']) {
      const from = new Date(Date.now() - 30 * HOUR).toISOString();
      const query = `interval=${interval}&from=${from}`;
      expect(sum(await seriesOf('series', `metric=reactions&${query}`))).toBe(3);
      expect(sum(await seriesOf('series', `metric=comments&${query}`))).toBe(1);
    }
  });

  it('has a point for every hour that the time touches, with zeros where nothing was', async () => {
    await publish('hours');
    const points = await seriesOf('hours', 'metric=reactions');
    expect(points).toHaveLength(25);
    expect(points.every(({ at, value }) => /T\d\d:00:00\.000Z$/.test(at) && value === 0)).toBe(true);
    const steps = points.slice(1).map(({ at }, n) => Date.parse(at) - Date.parse(points[n]?.at ?? ''));
    expect(new Set(steps)).toEqual(new Set([HOUR]));
    const days = await seriesOf('hours', 'metric=comments&interval=day');
    expect(days).toHaveLength(31);
    expect(days.every(({ at }) => at.endsWith('T00:00:00.000Z'))).toBe(true);
  });

  it('leaves out what was before `from` and from `to` on, in any offset', async () => {
    await publish('bounds');
    await react('ben', 'bounds', 'like');
    const query = 'metric=reactions&from=2020-01-01T00:00:00Z&to=2020-01-01T03:00:00%2B01:00';
    const past = await seriesOf('bounds', query);
    expect(past).toEqual([
      { at: '2020-01-01T00:00:00.000Z', value: 0 },
      { at: '2020-01-01T01:00:00.000Z', value: 0 },
    ]);
    const hour = new Date(Math.floor(Date.now() / HOUR) * HOUR);
    const later = new Date(hour.getTime() + 2 * HOUR).toISOString();
    const earlier = new Date(hour.getTime() - HOUR).toISOString();
    expect(sum(await seriesOf('bounds', `metric=reactions&from=${earlier}&to=${later}`))).toBe(1);
  });

  it('has 1000 points and no more', async () => {
    const from = '2026-01-01T00:00:00Z';
    const to = (hours: number) => new Date(Date.parse(from) + hours * HOUR).toISOString();
    const path = '/v1/analytics/posts/hours/series?metric=reactions';
    expect(await seriesOf('hours', `metric=reactions&from=${from}&to=${to(1000)}`)).toHaveLength(1000);
    const more = await (await reader()).get(`${path}&from=${from}&to=${to(1000.01)}`);
    expectProblem(more, 400, 'INVALID_INPUT', 'query.from');
  });

  it.each([
    ['', 'query.metric'],
    ['metric=views', 'query.metric'],
    ['metric=reactions&interval=minute', 'query.interval'],
    ['metric=reactions&from=yesterday', 'query.from'],
    ['metric=reactions&from=2026-01-01', 'query.from'],
    ['metric=reactions&from=2026-02-30T00:00:00Z', 'query.from'],
    ['metric=reactions&from=2026-01-01T00:00:00', 'query.from'],
    ['metric=reactions&from=0001-01-01T00:00:00Z', 'query.from'],
    ['metric=reactions&to=9999-12-31T23:59:59Z', 'query.to'],
    ['metric=reactions&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'query.from'],
    ['metric=reactions&from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'query.from'],
    ['metric=reactions&from=1000-01-01T00:00:00Z&to=9998-01-01T00:00:00Z', 'query.from'],
    ['metric=reactions&from=%00', 'query.from'],
    ['metric=reactions&limit=5', 'query'],
  ])('is not read for %s', async (query, path) => {
    const answer = await (await reader()).get(`/v1/analytics/posts/hours/series?${query}`);
    expectProblem(answer, 400, 'INVALID_INPUT', path);
  });
});

describe('what is trending', () => {
  const trending = async (query = '') => {
    await beckon.drain();
    const answer = await (await reader()).get(`/v1/analytics/trending${query}`);
    expect(answer.status).toBe(200);
    return answer.body.posts as { postId: string; score: number; reactions: number; comments: number }[];
  };

  it('is ordered by reactions and comments, which weigh twice', async () => {
    for (const id of ['t-reactions', 't-comments', 't-little', 't-nothing']) await publish(id);
    for (const who of ['ben', 'cy', 'di']) await react(who, 't-reactions', 'like');
    for (const who of ['ben', 'cy', 'di']) await comment(who, 't-comments');
    await react('eve', 't-little', 'wow');
    for (const window of ['1h', '24h', '7d']) {
      const posts = await trending(`?window=${window}&limit=100`);
      const scores = posts.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      const ours = posts.filter(({ postId }) => postId.startsWith('t-'));
      expect(ours.map(({ postId }) => postId)).toEqual(['t-comments', 't-reactions', 't-little']);
      expect(ours).toMatchObject([
        { reactions: 0, comments: 3 },
        { reactions: 3, comments: 0 },
        { reactions: 1, comments: 0 },
      ]);
    }
    expect(await trending('?limit=1')).toHaveLength(1);
  });

  it('forgets what is taken back or removed, and what is before its window', async () => {
    for (const id of ['t-old', 't-back', 't-removed']) {
      await publish(id);
      await react('ben', id, 'like');
    }
    await beckon.drain();
    await (await beckon.as('ben')).delete('/v1/posts/t-back/reactions/mine');
    await (await beckon.as('ana')).delete('/v1/posts/t-removed');
    await beckon.drain();
    // What happened long ago cannot be made to happen now.
    await beckon.database.query(
      `UPDATE analytics.hour_bucket SET hour = hour - interval '2 days' WHERE post_id = 't-old'`,
    );
    const idsOf = async (window: string) =>
      (await trending(`?window=${window}&limit=100`)).map(({ postId }) => postId);
    expect(await idsOf('7d')).toContain('t-old');
    for (const window of ['1h', '24h']) expect(await idsOf(window)).not.toContain('t-old');
    for (const window of ['1h', '24h', '7d']) {
      expect(await idsOf(window)).not.toContain('t-back');
      expect(await idsOf(window)).not.toContain('t-removed');
    }
  });

  it.each([
    ['window=2h', 'query.window'],
    ['window=', 'query.window'],
    ['limit=0', 'query.limit'],
    ['limit=101', 'query.limit'],
    ['cursor=x', 'query'],
  ])('is not read for %s', async (query, path) => {
    const answer = await (await reader()).get(`/v1/analytics/trending?${query}`);
    expectProblem(answer, 400, 'INVALID_INPUT', path);
  });
});
