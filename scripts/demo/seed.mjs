import { comments, follows, people, posts, reactions } from './network.mjs';

const conflict = 409;

/** Makes the demo network through the public API. Can be run again after it was cut off. */
export async function seedDemo({ request }) {
  for (const { id, ...profile } of people) await request('PUT', `/v1/users/${id}`, { as: id, body: profile });
  for (const [id, followed] of Object.entries(follows)) {
    for (const other of followed) await request('PUT', `/v1/me/following/${other}`, { as: id });
  }
  for (const { author, ...post } of posts)
    await request('POST', '/v1/posts', { as: author, body: post, accept: [conflict] });
  for (const { key, author, post, body } of comments) {
    const headers = { 'idempotency-key': key };
    await request('POST', `/v1/posts/${post}/comments`, { as: author, body: { body }, headers });
  }
  for (const { actor, post, type } of reactions) {
    await request('POST', `/v1/posts/${post}/reactions`, { as: actor, body: { type } });
  }
}

/**
 * A demo post that is still there and one of the demo's people who has not reacted to it; when everybody has
 * reacted to everything, a visitor who is new.
 */
export async function findSomethingToLike({ request }) {
  let found;
  for (const { id, author } of posts.toReversed()) {
    const page = await request('GET', `/v1/posts/${id}/reactions?limit=100`, { as: author, accept: [404] });
    const reacted = page?.reactions;
    if (!reacted) continue;
    const post = {
      id,
      authorId: author,
      authorName: people.find((person) => person.id === author).displayName,
    };
    const done = reacted.map(({ actorId }) => actorId);
    const actor = people.find((person) => person.id !== author && !done.includes(person.id));
    if (actor) return { actor, post };
    found ??= post;
  }
  if (!found) throw new Error('its posts were removed');
  const actor = { id: `visitor-${Date.now()}`, displayName: 'a visitor' };
  await request('PUT', `/v1/users/${actor.id}`, {
    as: actor.id,
    body: { handle: actor.id.replace('-', '_'), displayName: 'Visitor' },
  });
  return { actor, post: found };
}
