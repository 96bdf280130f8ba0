import type { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';

/**
 * Has the process look people and posts up once. From then on what it remembers stands in for an answer that comes
 * late, and no request about them is answered 503 on a busy machine.
 */
export async function acquaint(
  beckon: Beckon,
  people: readonly string[],
  posts: readonly string[],
): Promise<void> {
  const [first = ''] = posts;
  for (const post of posts) {
    const reader = await beckon.as('reader');
    await insist(() => reader.get(`/v1/posts/${post}/reactions`));
    await insist(() => reader.get(`/v1/posts/${post}/comments`));
  }
  for (const person of people) {
    const api = await beckon.as(person);
    await insist(() => api.put(`/v1/posts/${first}/thread`, { level: 'default' }));
  }
}
