import { Beckon } from '#testkit/beckon.js';
import type { ProcessName } from '#testkit/beckon-services.js';
import { serviceOf } from '#testkit/service-of.js';
import { until } from '#testkit/until.js';

import { beckon, document } from './processes.fixture.js';

describe('the document', () => {
  it('is the one that all apps in one process have', async () => {
    const together = await Beckon.start();
    try {
      expect(await document(beckon.url)).toEqual(await document(together.url));
    } finally {
      await together.stop();
    }
  });

  it('names no route that leads elsewhere than to whom documents it', async () => {
    const owners: Record<string, ProcessName> = { notification: 'notification-api' };
    for (const service of ['user', 'post', 'comment', 'reaction', 'notification', 'analytics']) {
      const { paths } = await document(beckon.directUrl(owners[service] ?? (service as ProcessName)));
      const own = Object.keys(paths).filter((path) => path !== '/v1/dev/tokens');
      expect(own.length).toBeGreaterThan(0);
      for (const path of own)
        expect([path, serviceOf(path.replaceAll(/\{\w+\}/g, 'x'))]).toEqual([path, service]);
    }
  });

  it('says whose routes are missing while a service has never answered, and keeps nobody waiting', async () => {
    await beckon.endOne('gateway');
    await beckon.endOne('analytics', 0, 'SIGKILL');
    await beckon.runOne('gateway');
    const { paths, info } = await document(beckon.url);
    expect(Object.keys(paths)).toContain('/v1/posts/{postId}');
    expect(info.description).toMatch(/missing, .*: analytics\.$/);
    await beckon.run();
    await until(async () => '/v1/analytics/trending' in (await document(beckon.url)).paths);
    expect((await document(beckon.url)).info.description).not.toContain('missing');
  });

  it('is shown to people, as the page is', async () => {
    expect(await (await fetch(`${beckon.url}/docs/swagger-ui-init.js`)).text()).toContain(
      '/v1/posts/{postId}/reactions',
    );
    const page = await fetch(`${beckon.url}/`);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
  });
});
