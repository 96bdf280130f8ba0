// What docs/rest.md shows, in its order, from beginning to end. It can be run as often as you like.
import { randomUUID } from 'node:crypto';
import { call, type Counts, developmentToken, type Group, type Inbox, Problem } from './beckon.ts';

// Who calls
const nora = { token: await developmentToken('nora') };
const omar = { token: await developmentToken('omar') };

// Profiles
await call('PUT', '/v1/users/nora', { ...nora, body: { handle: 'nora', displayName: 'Nora' } });
await call('PUT', '/v1/users/omar', { ...omar, body: { handle: 'omar', displayName: 'Omar', locale: 'es' } });

// Follows
await call('PUT', '/v1/me/following/nora', omar);

// Posts
const post = await call<{ id: string }>('POST', '/v1/posts', {
  ...nora,
  body: { body: 'The kiln is warm' },
  key: randomUUID(),
});

// Reactions
await call('POST', `/v1/posts/${post.id}/reactions`, { ...omar, body: { type: 'love' } });
await call('POST', `/v1/posts/${post.id}/reactions`, { ...omar, body: { type: 'wow' } });

// Comments
const comment = await call<{ id: string }>('POST', `/v1/posts/${post.id}/comments`, {
  ...omar,
  body: { body: 'What is in it, @nora?' },
  key: randomUUID(),
});
await call('POST', `/v1/posts/${post.id}/comments`, {
  ...nora,
  body: { body: 'Bowls', parentId: comment.id },
  key: randomUUID(),
});

// Inboxes
const told = await until(async () => {
  const { groups } = await call<Inbox>('GET', '/v1/notifications?state=unread', nora);
  const reaction = groups.find(({ type, subject }) => type === 'reaction' && subject.id === post.id);
  const mention = groups.find(({ type, subject }) => type === 'mention' && subject.id === comment.id);
  return reaction && mention ? { reaction, mention } : undefined;
});
console.log('Nora:', told.reaction.title, told.reaction.reactions);
console.log('Nora:', told.mention.title);

const reply = await until(async () => {
  const { groups } = await call<Inbox>('GET', '/v1/notifications?type=reply', omar);
  return groups.find(({ subject }) => subject.id === comment.id);
});
console.log('Omar:', reply.title);

// Marks
const read = await call<Group>('POST', `/v1/notifications/${told.mention.id}/read`, nora);
console.log('The mention was read:', read.readAt !== null);

const [newest] = (await call<Inbox>('GET', '/v1/notifications?limit=1', nora)).groups;
const counts = await call<Counts>('POST', '/v1/notifications/seen', {
  ...nora,
  body: { upTo: newest?.activitySeq ?? 0 },
});
console.log('Nothing is unseen any more:', counts.unseen === 0);

// Mutes and blocks
await call('PUT', '/v1/me/mutes/omar', nora);
const muted = await call<Inbox>('GET', '/v1/notifications?type=reaction', nora);
console.log('Muted:', muted.groups.length, 'reactions');
await call('DELETE', '/v1/me/mutes/omar', nora);

// Analytics
const counted = await until(async () => {
  const numbers = await call<PostNumbers>('GET', `/v1/analytics/posts/${post.id}`, nora);
  return numbers.reactions.total === 1 && numbers.comments === 2 ? numbers : undefined;
});
console.log('Counted:', counted.reactions.byType, counted.comments, 'comments by', counted.commenters);

// Pages
let pages = 0;
for await (const { groups } of inboxPages(nora.token)) pages += groups.length > 0 ? 1 : 0;
console.log('The inbox has pages of two:', pages >= 2);

// Errors
try {
  await call('POST', '/v1/posts/nowhere/reactions', { ...omar, body: { type: 'like' } });
} catch (error) {
  if (!(error instanceof Problem) || error.code !== 'REACTION_POST_NOT_FOUND') throw error;
  console.log('Refused:', error.status, error.code);
}

// Once
const once = { ...nora, body: { body: 'Only once' }, key: randomUUID() };
const first = await call<{ id: string }>('POST', '/v1/posts', once);
const second = await call<{ id: string }>('POST', '/v1/posts', once);
console.log('The same post:', first.id === second.id);

// Steps
/** All of an inbox, two notifications at a time. */
async function* inboxPages(token: string): AsyncGenerator<Inbox> {
  let next: string | null = '';
  while (next !== null) {
    const query: string = next === '' ? '' : `&cursor=${next}`;
    const inbox = await call<Inbox>('GET', `/v1/notifications?limit=2${query}`, { token });
    yield inbox;
    next = inbox.page.next;
  }
}

/** Others are told a moment after the act. Who wants to know when, listens: docs/live-stream.md. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface PostNumbers {
  reactions: { total: number; byType: Record<string, number> };
  comments: number;
  commenters: number;
}
