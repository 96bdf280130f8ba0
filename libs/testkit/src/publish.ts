import type { Beckon } from '#testkit/beckon.js';
import { insist } from '#testkit/insist.js';

/** Publishes posts by these ids, one after the other, for a suite to build on. @throws Error when one is not accepted */
export async function publish(beckon: Beckon, author: string, ids: readonly string[], body = 'Hello') {
  const api = await beckon.as(author);
  for (const id of ids) await insist(() => api.post('/v1/posts', { id, body }));
}
