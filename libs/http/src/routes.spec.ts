import { serviceOf, servicesOf } from '#testkit/service-of.js';

import { routes } from './routes.js';

describe('the route table', () => {
  it.each([
    ['/v1/users/ana', 'user'],
    ['/v1/batch/follows', 'user'],
    ['/v1/me/followers', 'user'],
    ['/v1/me/mutes/ben', 'notification'],
    ['/v1/posts', 'post'],
    ['/v1/posts/p1', 'post'],
    ['/v1/posts/p1/comments', 'comment'],
    ['/v1/posts/p1/thread', 'comment'],
    ['/v1/posts/p1/reactions/mine', 'reaction'],
    ['/v1/comments/c1', 'comment'],
    ['/v1/comments/c1/reactions', 'reaction'],
    ['/v1/notifications', 'notification'],
    ['/v1/notifications/stream', 'notification'],
    ['/v1/analytics/posts/p1/series', 'analytics'],
  ])('leads %s to %s', (path, service) => {
    expect(serviceOf(path)).toBe(service);
  });

  it.each([
    '/',
    '/v1',
    '/v1/posts/',
    '/v1/posts/p1/likes',
    '/v1/admin/queues',
    '/v1/dev/tokens',
    '/health/ready',
  ])('leads %s nowhere', (path) => {
    expect(serviceOf(path)).toBeUndefined();
  });

  it('has no path that two services answer', () => {
    for (const [service, own] of Object.entries(routes)) {
      for (const route of own) {
        const path = route.replaceAll(/:\w+/g, 'x').replace('*', 'x');
        expect([route, servicesOf(path)]).toEqual([route, [service]]);
      }
    }
  });
});
