import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Listener } from '../demo/listener.mjs';
import { until } from '../demo/until.mjs';
import { signIn } from './sign-in.mjs';

/**
 * What somebody would try by hand to see whether a Beckon works, in order. Each step makes what the next builds on and
 * throws when something is not as it should be; a text that it answers is worth a remark.
 * @param {ReturnType<import('../demo/client.mjs').demoClient>} client
 * @returns {{name: string, run: () => Promise<unknown>}[]}
 */
export function steps(client) {
  const mark = randomBytes(4).toString('hex');
  const [ana, ben, post] = [`smoke-ana-${mark}`, `smoke-ben-${mark}`, `smoke-post-${mark}`];
  const as = (userId) => ({
    get: (path) => client.request('GET', path, { as: userId }),
    post: (path, body) => client.request('POST', path, { as: userId, body }),
    put: (path, body) => client.request('PUT', path, { as: userId, body }),
    delete: (path) => client.request('DELETE', path, { as: userId }),
  });
  const inbox = async (userId) => (await as(userId).get('/v1/notifications')).groups;
  const told = (userId, type) =>
    until(`${userId} is told of a ${type}`, async () =>
      (await inbox(userId)).find((group) => group.type === type),
    );
  let listener;

  return [
    {
      name: 'health',
      run: async () => {
        const { details } = await client.request('GET', '/health/ready');
        const degraded = Object.keys(details).filter((name) => details[name].status === 'degraded');
        return degraded.length > 0 ? `without ${degraded.join(', ')}` : undefined;
      },
    },
    { name: 'sign-in', run: () => signIn(client, [ana, ben]) },
    {
      name: 'profile',
      run: async () => {
        for (const [userId, displayName] of [
          [ana, 'Smoke Ana'],
          [ben, 'Smoke Ben'],
        ]) {
          await as(userId).put(`/v1/users/${userId}`, { handle: userId.replaceAll('-', '_'), displayName });
          assert.equal((await as(userId).get(`/v1/users/${userId}`)).displayName, displayName);
        }
      },
    },
    {
      name: 'follow',
      run: async () => {
        await as(ben).put(`/v1/me/following/${ana}`);
        assert.deepEqual((await told(ana, 'follow')).actorIds, [ben]);
      },
    },
    {
      name: 'post',
      run: async () => {
        await as(ana).post('/v1/posts', { id: post, body: 'Smoke signals' });
        assert.equal((await told(ben, 'post')).subject.id, post);
      },
    },
    {
      name: 'react',
      run: async () => {
        await as(ben).post(`/v1/posts/${post}/reactions`, { type: 'love' });
        assert.deepEqual((await told(ana, 'reaction')).reactions, { love: 1 });
        // A busy Beckon answers in time, if need be without the name.
        await until('the title names Smoke Ben', async () => {
          const { title } = await told(ana, 'reaction');
          return title === 'Smoke Ben reacted to your post';
        });
      },
    },
    {
      name: 'comment',
      run: async () => {
        await as(ben).post(`/v1/posts/${post}/comments`, { body: 'I see it' });
        assert.deepEqual((await told(ana, 'comment')).actorIds, [ben]);
      },
    },
    {
      name: 'mention',
      run: async () => {
        const handle = ben.replaceAll('-', '_');
        await as(ana).post(`/v1/posts/${post}/comments`, { body: `From where, @${handle}?` });
        assert.deepEqual((await told(ben, 'mention')).actorIds, [ana]);
      },
    },
    {
      name: 'stream',
      run: async () => {
        listener = await Listener.open(client, ana, 0);
        await listener.hears(({ event, data }) => event === 'group' && data.group.type === 'comment');
        assert.deepEqual(listener.types(), new Set(['follow', 'reaction', 'comment']));
      },
    },
    {
      name: 'stream resumed',
      run: async () => {
        const { seq } = await as(ana).get('/v1/notifications/counts');
        await listener.hears((event) => event.seq >= seq);
        await listener.close();
        await as(ben).post(`/v1/posts/${post}/comments`, { body: 'From the hill' });
        listener = await Listener.open(client, ana, seq);
        await listener.hears(({ event, data }) => event === 'group' && data.group.type === 'comment');
        assert.deepEqual(listener.types(), new Set(['comment']), 'what was heard before is not heard again');
        const sequences = listener.events.map((event) => event.seq);
        assert.ok(
          sequences.every((heard) => heard > seq),
          `${sequences.join()} are after ${seq}`,
        );
      },
    },
    {
      name: 'read',
      run: async () => {
        const before = await as(ana).get('/v1/notifications/counts');
        const comments = (await inbox(ana)).find((group) => group.type === 'comment');
        assert.ok((await as(ana).post(`/v1/notifications/${comments.id}/read`)).readAt);
        await listener.hears(({ event, data }) => event === 'counts' && data.unread === before.unread - 1);
      },
    },
    {
      name: 'un-react',
      run: async () => {
        const { id } = await told(ana, 'reaction');
        await as(ben).delete(`/v1/posts/${post}/reactions/mine`);
        await listener.hears(({ event, data }) => event === 'removed' && data.id === id);
        assert.ok((await inbox(ana)).every((group) => group.type !== 'reaction'));
        await listener.close();
      },
    },
    {
      name: 'analytics',
      run: () =>
        until('both are counted', async () => {
          const { reactions, comments } = await as(ana).get(`/v1/analytics/posts/${post}`);
          return reactions.total === 0 && comments === 3;
        }),
    },
    {
      name: 'ops',
      run: async () => {
        const { queues } = await client.request('GET', '/v1/admin/queues', {
          as: 'operator',
          scope: 'admin',
        });
        assert.deepEqual(
          queues.filter(({ reachable }) => !reachable),
          [],
          'every queue is within reach',
        );
      },
    },
    {
      name: 'tidy up',
      run: async () => {
        await as(ana).delete(`/v1/posts/${post}`);
        await as(ben).delete(`/v1/me/following/${ana}`);
      },
    },
  ];
}
