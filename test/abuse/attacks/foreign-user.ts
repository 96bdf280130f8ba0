import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { insist } from '#testkit/insist.js';

import type { Assault, Attack } from '../attack.js';
import { fillPath, type Operation, operationsOf } from '../openapi.js';
import { type Answered, answered } from '../send.js';
import type { Target } from '../target.js';

/** What somebody may expect of a route about what is another's. */
type Standing =
  /** Only its owner knows of it: 404, as if there were none. */
  | 'hidden'
  /** Everybody may see it, its author alone may change it: 403. */
  | 'authored'
  /** Answers with the caller's own, whoever else there is. */
  | 'own'
  /** Shows everybody the same, and nothing that is somebody's alone. */
  | 'public'
  /** Does something as the caller, to what everybody can see. */
  | 'acts'
  /** Needs a scope that people don't have: 403. */
  | 'scoped'
  /** Needs no token. */
  | 'open';

/** Every route of the document has to be in this table; a new one fails the attack until somebody has said what it is. */
const standings: Readonly<Record<string, Standing>> = {
  'POST /v1/dev/tokens': 'open',
  'PUT /v1/users/{userId}': 'authored',
  'GET /v1/users/{userId}': 'public',
  'POST /v1/batch/users': 'scoped',
  'POST /v1/batch/follows': 'scoped',
  'PUT /v1/me/following/{userId}': 'acts',
  'DELETE /v1/me/following/{userId}': 'acts',
  'PUT /v1/me/mutes/{userId}': 'acts',
  'DELETE /v1/me/mutes/{userId}': 'acts',
  'PUT /v1/me/blocks/{userId}': 'acts',
  'DELETE /v1/me/blocks/{userId}': 'acts',
  'GET /v1/me/following': 'own',
  'GET /v1/me/followers': 'own',
  'GET /v1/me/mutes': 'own',
  'GET /v1/me/blocks': 'own',
  'GET /v1/me/activity': 'own',
  'POST /v1/posts': 'acts',
  'GET /v1/posts': 'public',
  'GET /v1/posts/{postId}': 'public',
  'DELETE /v1/posts/{postId}': 'authored',
  'PUT /v1/posts/{postId}/thread': 'acts',
  'POST /v1/posts/{postId}/comments': 'acts',
  'GET /v1/posts/{postId}/comments': 'public',
  'GET /v1/comments/{commentId}': 'public',
  'PATCH /v1/comments/{commentId}': 'authored',
  'DELETE /v1/comments/{commentId}': 'authored',
  'POST /v1/posts/{postId}/reactions': 'acts',
  'POST /v1/comments/{commentId}/reactions': 'acts',
  'DELETE /v1/posts/{postId}/reactions/mine': 'acts',
  'DELETE /v1/comments/{commentId}/reactions/mine': 'acts',
  'GET /v1/posts/{postId}/reactions': 'public',
  'GET /v1/comments/{commentId}/reactions': 'public',
  'GET /v1/notifications': 'own',
  'GET /v1/notifications/counts': 'own',
  'GET /v1/notifications/{groupId}': 'hidden',
  'GET /v1/notifications/{groupId}/actors': 'hidden',
  'POST /v1/notifications/{groupId}/read': 'hidden',
  'POST /v1/notifications/{groupId}/unread': 'hidden',
  'POST /v1/notifications/{groupId}/archive': 'hidden',
  'POST /v1/notifications/{groupId}/unarchive': 'hidden',
  'POST /v1/notifications/seen': 'own',
  'POST /v1/notifications/read': 'own',
  'GET /v1/notifications/stream': 'own',
  'POST /v1/notifications/stream-tickets': 'own',
  'GET /v1/analytics/posts/{postId}': 'public',
  'GET /v1/analytics/posts/{postId}/series': 'public',
  'GET /v1/analytics/trending': 'public',
  'GET /v1/admin/queues': 'scoped',
  'GET /v1/admin/dead-letters': 'scoped',
  'GET /v1/admin/dead-letters/{id}': 'scoped',
  'DELETE /v1/admin/dead-letters/{id}': 'scoped',
  'POST /v1/admin/dead-letters/{id}/redrive': 'scoped',
  'POST /v1/admin/dead-letter-redrives': 'scoped',
  'GET /v1/admin/events/{eventId}': 'scoped',
  'GET /v1/admin/stream': 'scoped',
};

/** Of a request that is answered 503. */
const ATTEMPTS = 20;
const REST_MS = 100;

const REFUSED_AS: Readonly<Partial<Record<Standing, number>>> = { hidden: 404, authored: 403, scoped: 403 };

/** Every route, by somebody else than the one whose things it is about. */
export const foreignUser: Attack = {
  name: 'foreign-user',
  title: 'every route × another user',
  async run(assault) {
    const { target, findings } = assault;
    const operations = operationsOf(target.document);
    for (const operation of operations) {
      const standing = standings[operation.name];
      findings.expect(standing !== undefined, () => `${operation.name}: nobody has said whose it is`);
      if (standing === undefined || standing === 'open') continue;
      for (const caller of ['mallory', 'nobody-yet']) await tryRoute(assault, operation, standing, caller);
      await tryToNameTheVictim(assault, operation);
    }
    await tryCursors(assault, operations);
    for (const name of Object.keys(standings))
      findings.expect(
        operations.some((operation) => operation.name === name),
        () => `${name}: there is no such route`,
      );
    findings.expect(await target.victim.isUntouched(), () => 'what belongs to the victim was changed');
    findings.note(`${operations.length} routes, each classified`);
  },
};

/** About the victim's things, and about things that there are not. */
async function tryRoute(
  assault: Assault,
  operation: Operation,
  standing: Standing,
  caller: string,
): Promise<void> {
  const { target, findings } = assault;
  const foreign = await ask(assault, operation, caller, idsOf(target));
  const expected = REFUSED_AS[standing];
  const line = `${operation.name} (${standing}) as ${caller}`;
  if (expected !== undefined)
    findings.expect(foreign.status === expected, () => `${line}: ${foreign.status} ${foreign.text}`);
  findings.expect(
    target.victim.secretIn(withoutIds(foreign, idsOf(target))) === undefined,
    () => `${line} tells: ${foreign.text}`,
  );
  if (standing !== 'hidden') return;
  const ids = { groupId: randomUUID() };
  const nothing = await ask(assault, operation, caller, ids);
  const [a, b] = [comparable(foreign, idsOf(target)), comparable(nothing, ids)];
  findings.expect(a === b, () => `${line}: what is another's is told from what is not there:\n${a}\n${b}`);
}

/** A person's token names another as the one whom it acts for. */
async function tryToNameTheVictim(assault: Assault, operation: Operation): Promise<void> {
  if (!operation.parameters.some(({ name }) => name === 'Beckon-Actor')) return;
  const { victim } = assault.target;
  const answer = await ask(assault, operation, 'mallory', idsOf(assault.target), {
    'beckon-actor': victim.id,
  });
  assault.findings.expect(answer.status === 403, () => `${operation.name} for the victim: ${answer.status}`);
}

/** The victim's places in her lists, in the hands of another. */
async function tryCursors(assault: Assault, operations: readonly Operation[]): Promise<void> {
  const { target, findings } = assault;
  const lists = operations.filter(
    ({ name, parameters }) => standings[name] === 'own' && parameters.some((each) => each.name === 'cursor'),
  );
  const vera = await target.beckon.as(target.victim.id);
  let cursors = 0;
  for (const { path } of lists) {
    const { page } = await insist(() => vera.get(`${path}?limit=1`));
    if (page.next === null) continue;
    cursors++;
    for (const list of lists) {
      const answer = await request(assault, 'mallory', 'GET', `${list.path}?cursor=${page.next}`);
      const line = `GET ${list.path} with a cursor of the victim's ${path}`;
      findings.expect([200, 400].includes(answer.status), () => `${line}: ${answer.status}`);
      findings.expect(
        target.victim.secretIn(answer.text) === undefined,
        () => `${line} tells: ${answer.text}`,
      );
    }
  }
  findings.expect(cursors > 0, () => 'the victim has no cursor to steal');
}

function idsOf({ victim }: Target): Record<string, string> {
  const [groupId = ''] = victim.groups;
  return { userId: victim.id, postId: victim.post, commentId: victim.comment, groupId };
}

/** A request as the document shows it, with these ids. */
function ask(
  assault: Assault,
  operation: Operation,
  caller: string,
  ids: Readonly<Record<string, string>>,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const letter = `notification.${randomUUID()}`;
  const path = fillPath(operation.path, (name) => ids[name] ?? (name === 'id' ? letter : randomUUID()));
  const query = operation.parameters
    .filter((each) => each.in === 'query' && each.required === true)
    .map(({ name, schema }) => `${name}=${String(name === 'author' ? ids['userId'] : schema.enum?.[0])}`);
  const body = operation.body === undefined ? undefined : exampleOf(assault.target, operation);
  return request(assault, caller, operation.method, [path, ...query].join('?'), headers, body);
}

async function request(
  { target, findings }: Assault,
  caller: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answered> {
  const init = {
    method,
    headers: {
      authorization: `Bearer ${await target.beckon.tokenOf(caller)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  };
  for (let attempt = 1; ; attempt++) {
    const answer = await answered(await fetch(`${target.beckon.url}${path}`, init));
    findings.answered(answer.status, answer.headers, () => `${method} ${path} as ${caller}`);
    // A look-up that missed its deadline on a busy machine tells nothing of whose the thing is.
    if (answer.status !== 503 || attempt === ATTEMPTS) return answer;
    await wait(REST_MS);
  }
}

/** The document has an example of every body; ids in it are nobody's. */
function exampleOf({ document }: Target, { body }: Operation): string {
  const name = body?.$ref?.split('/').at(-1) ?? '';
  const { example } = (document.components.schemas[name] ?? {}) as { example?: Record<string, unknown> };
  const { id: _, parentId: __, ...rest } = example ?? {};
  return JSON.stringify(rest);
}

function withoutIds({ text }: Answered, ids: Readonly<Record<string, string>>): string {
  return Object.values(ids).reduce((told, id) => told.replaceAll(id, '<id>'), text);
}

/** All that two answers can be told apart by, but for what names the request itself. */
function comparable(answer: Answered, ids: Readonly<Record<string, string>>): string {
  const { requestId: _, ...body } = JSON.parse(withoutIds(answer, { groupId: ids['groupId'] ?? '' })) as {
    requestId: string;
  };
  const headers = [...answer.headers].filter(
    ([name]) => !['date', 'x-request-id', 'content-length'].includes(name),
  );
  return JSON.stringify([answer.status, headers.toSorted(([a], [b]) => a.localeCompare(b)), body]);
}
