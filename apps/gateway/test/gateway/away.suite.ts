import { setTimeout as wait } from 'node:timers/promises';

import type { ApiAnswer } from '#testkit/api.js';
import type { ProcessName } from '#testkit/beckon-services.js';
import { holdTable } from '#testkit/hold-table.js';
import { expectProblem } from '#testkit/problem.js';
import { until } from '#testkit/until.js';

import { beckon, document } from './processes.fixture.js';

describe('a service that is away', () => {
  const routes: readonly [ProcessName, string][] = [
    ['user', '/v1/users/ana'],
    ['post', '/v1/posts/p1'],
    ['comment', '/v1/posts/p1/comments'],
    ['reaction', '/v1/posts/p1/reactions'],
    ['notification-api', '/v1/notifications/counts'],
    ['analytics', '/v1/analytics/posts/p1'],
  ];

  it.each(routes)('(%s) is 503 on its own routes alone, and health says so', async (name, path) => {
    const ana = await beckon.as('ana');
    await beckon.endOne(name, 0, 'SIGKILL');
    const answer = await ana.get(path);
    expectProblem(answer, 503, 'DEPENDENCY_UNAVAILABLE');
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    // A look-up of what is away may be a 503 too, of the service that needs it.
    for (const [other, served] of routes.filter(([, route]) => route !== path)) {
      const { status, body } = await ana.get(served);
      if (status !== 200)
        expect([other, status, body.detail]).toEqual([
          other,
          503,
          expect.not.stringContaining('service is away'),
        ]);
    }
    const ready = await fetch(`${beckon.url}/health/ready`);
    const { details } = (await ready.json()) as { details: Record<string, { status: string }> };
    const service = name.replace('-api', '');
    expect(ready.status).toBe(200);
    const degraded = Object.keys(details).filter(
      (key) => key.startsWith('http.') && details[key]?.status !== 'up',
    );
    expect(degraded).toEqual([`http.${service}`]);
    expect(Object.keys((await document(beckon.url)).paths)).toContain('/v1/posts/{postId}/reactions');

    await beckon.runOne(name);
    await until(async () => (await ana.get(path)).status === 200);
  });
});

describe('a write whose answer is lost', () => {
  const waitsForLock = async () => {
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return (await beckon.database.query(waiting)).length > 0;
  };

  it.each<[ProcessName, string, 'post' | 'put', string, object | undefined]>([
    ['comment', 'comment.comment', 'post', '/v1/posts/p1/comments', { body: 'Once or never' }],
    ['user', '"user".follow', 'put', '/v1/me/following/ben', undefined],
  ])('(%s) is told apart from one that was not done', async (name, table, method, path, body) => {
    const ana = await beckon.as('ana');
    const release = await holdTable(beckon.database, table);
    let answering: Promise<ApiAnswer> | undefined;
    await until(async () => {
      answering ??= ana[method](path, body);
      if (await waitsForLock()) return true;
      // On a busy machine a look-up may miss its deadline before anything is written.
      const early = await Promise.race([answering, wait(0)]);
      if (early?.status === 503) answering = undefined;
      return false;
    });
    await beckon.endOne(name, 0, 'SIGKILL');
    const answer = await answering!;
    await release();
    expectProblem(answer, 504, 'ANSWER_LOST');
    expect(answer.headers.get('retry-after')).toBeNull();
    // The next one reaches nobody.
    expectProblem(await ana[method](path, body), 503, 'DEPENDENCY_UNAVAILABLE');
  });
});
