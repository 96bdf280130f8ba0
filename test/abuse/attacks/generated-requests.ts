import fc from 'fast-check';

import { insist } from '#testkit/insist.js';

import type { Assault, Attack } from '../attack.js';
import { mutated } from '../mutations.js';
import { type Operation, operationsOf } from '../openapi.js';
import { sendDraft } from '../send.js';
import type { Target } from '../target.js';
import { type Draft, type Names, validDrafts } from '../valid-requests.js';

/** Requests under way at once. */
const LANES = 4;
const STREAM = 'text/event-stream';

/**
 * Requests made from the served OpenAPI document, as it wants them and spoilt, at every route and as everybody: the
 * answer has a documented status and a body of the documented shape, and nobody learns or changes what is the victim's.
 */
export const generatedRequests: Attack = {
  name: 'generated-requests',
  title: 'valid and mutated requests from the OpenAPI document, every route',
  async run(assault) {
    const { target, findings } = assault;
    const names = await namesOf(target);
    const statuses = new Map<string, number>();
    const queue = operationsOf(target.document).map((operation, index) => ({ operation, index }));
    findings.note(`${queue.length} routes`);
    const lane = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        await attackRoute(assault, next.operation, next.index, names, statuses);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    findings.expect(await target.victim.isUntouched(), () => 'what belongs to the victim was changed');
    findings.note(
      [...statuses]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([kind, count]) => `${kind} ${count}`)
        .join(', '),
    );
  },
};

/** A failing request is shrunk to the smallest that fails as well. */
async function attackRoute(
  assault: Assault,
  operation: Operation,
  index: number,
  names: Names,
  statuses: Map<string, number>,
): Promise<void> {
  const valid = validDrafts(assault.target.document, operation, names);
  const kinds = [
    ['valid', valid, assault.scaled(800, 8)],
    ['mutated', mutated(valid), assault.scaled(3_000, 30)],
  ] as const;
  for (const [kind, drafts, numRuns] of kinds) {
    const property = fc.asyncProperty(drafts, async (draft) => {
      const status = await attempt(assault, draft);
      const key = `${kind} ${status}`;
      statuses.set(key, (statuses.get(key) ?? 0) + 1);
    });
    const result = await fc.check(property, { seed: assault.seed + index, numRuns });
    assault.findings.expect(
      !result.failed,
      () => `${operation.name} (${kind}): ${String(result.errorInstance)}`,
    );
  }
}

async function attempt({ target, findings }: Assault, draft: Draft): Promise<number> {
  const sent = await sendDraft(target, draft);
  const { method, url, status, headers, contentType, body, text, line } = sent;
  findings.attempts++;
  if (status === 503 && headers.has('retry-after')) findings.overloaded++;
  else if (status >= 500) throw new Error(`answered ${status}: ${line}\n${text}`);
  if (contentType?.startsWith(STREAM) !== true) {
    try {
      target.check.check(method, url, status, contentType, body);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${line}`, { cause: error });
    }
  }
  const secret = status < 400 ? target.victim.secretIn(text) : undefined;
  if (secret !== undefined) throw new Error(`tells ${secret} of the victim: ${line}`);
  return status;
}

/** Things that there are, for the fields and parameters that name them. The victim's are among those of paths. */
async function namesOf(target: Target): Promise<Names> {
  const { victim, beckon } = target;
  const mallory = await beckon.as('mallory');
  const posts = ['m-post', victim.post, 'no-such-post'];
  const comments = [victim.comment];
  for (let index = 0; index < 6; index++) {
    posts.push((await insist(() => mallory.post('/v1/posts', { body: `Post ${index} @ben` }))).id as string);
    const body = { body: `Comment ${index} @vera` };
    comments.push((await insist(() => mallory.post('/v1/posts/m-post/comments', body))).id as string);
  }
  const ben = await beckon.as('ben');
  for (const post of posts.slice(3))
    await insist(() => ben.post(`/v1/posts/${post}/reactions`, { type: 'like' }));
  await beckon.drain();
  const { groups, page } = await insist(() => mallory.get('/v1/notifications?limit=1'));
  const list = await insist(() => mallory.get('/v1/posts?author=mallory&limit=1'));
  const known = (values: (string | null)[]) => values.filter((each) => each !== null);
  return {
    userId: ['mallory', 'ben', 'cy', victim.id, 'nobody-at-all'],
    author: ['mallory', victim.id],
    postId: posts,
    commentId: comments,
    parentId: comments,
    groupId: [...victim.groups, ...groups.map(({ id }: { id: string }) => id)],
    follower: ['mallory', 'ben', 'cy'],
    followee: ['mallory', 'ben', 'cy'],
    cursor: known([page.next, list.page.next]),
    upTo: ['0', '1', '1000000'],
    'Idempotency-Key': ['key-1', 'key-2'],
  };
}
