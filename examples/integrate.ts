// Plays the backend of a network: loads its people, and sends what happens there.
import { createHash } from 'node:crypto';
import { call, type Inbox } from './beckon.ts';

/** What `/v1/batch/…` takes in one call. */
const BATCH = 1000;

const token = process.env.BECKON_TOKEN;
if (token === undefined) throw new Error('BECKON_TOKEN is needed, with the scope service');

// Your people, and who follows whom. Here: u-1001 is followed by all others.
const ids = Array.from({ length: 1500 }, (_, index) => 1001 + index);
const people = ids.map((id) => ({ id: `u-${id}`, handle: `u${id}`, displayName: `u${id}` }));
const edges = ids.slice(1).map((id) => ({ follower: `u-${id}`, followee: 'u-1001' }));

// Load
for (const users of inBatches(people)) await call('POST', '/v1/batch/users', { token, body: { users } });
for (const follows of inBatches(edges)) await call('POST', '/v1/batch/follows', { token, body: { follows } });
console.log(`${people.length} people, ${edges.length} follows`);

// What happens
const postId = beckonId('https://network.example/posts/1');
await call('POST', '/v1/posts', {
  token,
  actor: 'u-1001',
  key: 'event-1',
  body: { id: postId, body: 'First post on the new network, hello @u1002' },
});
await call('POST', `/v1/posts/${postId}/reactions`, { token, actor: 'u-1003', body: { type: 'like' } });

// Who is told
for (const [userId, type] of [
  ['u-1001', 'reaction'],
  ['u-1002', 'mention'],
  ['u-1500', 'post'],
] as const)
  console.log(`${userId} is told: ${await titleOf(userId, type)}`);

/** The newest of a kind in somebody's inbox; a moment after the event it is there. */
async function titleOf(userId: string, type: string): Promise<string> {
  for (;;) {
    const path = `/v1/notifications?type=${type}&limit=1`;
    const { groups } = await call<Inbox>('GET', path, { token, actor: userId });
    if (groups[0] !== undefined) return groups[0].title;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function* inBatches<T>(all: T[]): Generator<T[]> {
  for (let from = 0; from < all.length; from += BATCH) yield all.slice(from, from + BATCH);
}

/** An id that Beckon takes, for one that it would not: always the same, 43 characters. */
function beckonId(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
