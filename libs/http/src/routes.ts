import type { Service } from '#config/config.js';

/**
 * Who answers which path when apps run apart, as Fastify's route patterns. No path fits two of them, so their order
 * says nothing. What stands nowhere here is the gateway's own.
 */
export const routes: Readonly<Record<Service, readonly string[]>> = {
  user: [
    '/v1/users/:userId',
    '/v1/batch/*',
    '/v1/me/following',
    '/v1/me/following/:userId',
    '/v1/me/followers',
    '/v1/me/activity',
  ],
  post: ['/v1/posts', '/v1/posts/:postId'],
  comment: ['/v1/posts/:postId/comments', '/v1/posts/:postId/thread', '/v1/comments/:commentId'],
  reaction: [
    '/v1/posts/:postId/reactions',
    '/v1/posts/:postId/reactions/mine',
    '/v1/comments/:commentId/reactions',
    '/v1/comments/:commentId/reactions/mine',
  ],
  notification: [
    '/v1/notifications',
    '/v1/notifications/*',
    '/v1/me/mutes',
    '/v1/me/mutes/:userId',
    '/v1/me/blocks',
    '/v1/me/blocks/:userId',
  ],
  analytics: ['/v1/analytics/*'],
};
