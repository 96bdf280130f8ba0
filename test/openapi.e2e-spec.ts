import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Beckon } from '#testkit/beckon.js';
import { fromTestRun } from '#testkit/environment.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';

interface Media {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: Record<string, { readonly value: { readonly status: number; readonly code: string } }>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, Media> }
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

/** The routes of api.md, less those of the second release. */
const CONTRACT = `
  POST /v1/dev/tokens
  GET /v1/admin/queues
  GET /v1/admin/dead-letters
  GET /v1/admin/dead-letters/{id}
  POST /v1/admin/dead-letters/{id}/redrive
  POST /v1/admin/dead-letter-redrives
  DELETE /v1/admin/dead-letters/{id}
  GET /v1/admin/events/{eventId}
  GET /v1/admin/stream
  PUT /v1/users/{userId}
  GET /v1/users/{userId}
  POST /v1/batch/users
  POST /v1/batch/follows
  PUT /v1/me/following/{userId}
  DELETE /v1/me/following/{userId}
  PUT /v1/me/mutes/{userId}
  DELETE /v1/me/mutes/{userId}
  PUT /v1/me/blocks/{userId}
  DELETE /v1/me/blocks/{userId}
  GET /v1/me/following
  GET /v1/me/followers
  GET /v1/me/mutes
  GET /v1/me/blocks
  GET /v1/me/activity
  POST /v1/posts
  GET /v1/posts
  GET /v1/posts/{postId}
  DELETE /v1/posts/{postId}
  PUT /v1/posts/{postId}/thread
  POST /v1/posts/{postId}/comments
  GET /v1/posts/{postId}/comments
  GET /v1/comments/{commentId}
  PATCH /v1/comments/{commentId}
  DELETE /v1/comments/{commentId}
  POST /v1/posts/{postId}/reactions
  POST /v1/comments/{commentId}/reactions
  DELETE /v1/posts/{postId}/reactions/mine
  DELETE /v1/comments/{commentId}/reactions/mine
  GET /v1/posts/{postId}/reactions
  GET /v1/comments/{commentId}/reactions
  GET /v1/notifications
  GET /v1/notifications/counts
  GET /v1/notifications/{groupId}
  GET /v1/notifications/{groupId}/actors
  POST /v1/notifications/{groupId}/read
  POST /v1/notifications/{groupId}/unread
  POST /v1/notifications/{groupId}/archive
  POST /v1/notifications/{groupId}/unarchive
  POST /v1/notifications/seen
  POST /v1/notifications/read
  GET /v1/notifications/stream
  POST /v1/notifications/stream-tickets
  GET /v1/analytics/posts/{postId}
  GET /v1/analytics/posts/{postId}/series
  GET /v1/analytics/trending`
  .trim()
  .split('\n')
  .map((line) => line.trim());

let beckon: Beckon;
let document: Document;
let operations: { readonly name: string; readonly operation: Operation }[];

beforeAll(async () => {
  beckon = await Beckon.start();
  const answer = await fetch(`${beckon.url}/openapi.json`);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  document = (await answer.json()) as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
});
afterAll(() => beckon?.stop());

/** What controllers say that they answer, read from their source. */
function routesInSource(): string[] {
  const controllers = ['apps', 'libs'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.controller.ts'))
      .map((file) => join(root, file)),
  );
  return controllers.flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    const prefix = /@Controller\('([^']*)'\)/.exec(source)?.[1];
    if (prefix === undefined) return [];
    const routes = source.matchAll(/^ *@(?:Http)?(Get|Post|Put|Patch|Delete)\((?:'([^']*)')?\)/gm);
    return [...routes].map(([, method = '', suffix]) => {
      const path = ['', prefix, suffix].filter((part) => part !== undefined).join('/');
      return `${method.toUpperCase()} ${path.replace(/:(\w+)/g, '{$1}')}`;
    });
  });
}

describe('the OpenAPI document', () => {
  it('is of version 3.1', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  });

  it('has every route of the contract and no other', () => {
    expect(operations.map(({ name }) => name).toSorted()).toEqual(CONTRACT.toSorted());
  });

  it('has every route that a controller answers', () => {
    const inSource = routesInSource().filter((route) => route.includes(' /v1/'));
    expect(inSource.length).toBeGreaterThan(40);
    expect(inSource.toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  });

  it('has only routes that there are', async () => {
    for (const { name } of operations.filter(({ operation }) => operation.security?.length !== 0)) {
      const [method = '', path = ''] = name.split(' ');
      const target = path.replace(/\{\w+\}/g, '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11');
      expectProblem(await beckon.withHeaders({}).request(method, target), 401, 'UNAUTHENTICATED');
    }
  });

  it('shows an example of every error, of its status, and of every answer and request', () => {
    for (const { name, operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        expect([name, status, response.description]).toEqual([name, status, expect.stringMatching(/\w/)]);
        if (Number(status) >= 400) {
          const media = response.content?.['application/problem+json'];
          const examples = Object.entries(media?.examples ?? {});
          expect([name, status, examples.length > 0]).toEqual([name, status, true]);
          for (const [code, { value }] of examples) {
            expect(value).toMatchObject({ status: Number(status), code, type: `urn:beckon:error:${code}` });
            expect(response.description).toContain(code);
          }
        } else if (status !== '204') {
          for (const [type, media] of Object.entries(response.content ?? {})) {
            expect([name, status, type, media.example ?? exampleOf(media)]).not.toContain(undefined);
          }
          expect(Object.keys(response.content ?? {})).toHaveLength(1);
        }
      }
      for (const media of Object.values(operation.requestBody?.content ?? {})) {
        expect([name, media.example ?? exampleOf(media)]).not.toContain(undefined);
      }
    }
  });

  it('offers bodies that are taken as they are, one route after the other', async () => {
    await beckon.people('ana', 'ben', 'cyra', 'deniz');
    const callers = {
      person: await beckon.as('ana'),
      service: await beckon.asService(),
      admin: beckon.withHeaders({ authorization: `Bearer ${await beckon.tokenOf('operator', 'admin')}` }),
    };
    const ids: Record<string, string> = { userId: 'ana' };
    let tried = 0;
    for (const { name, operation } of operations) {
      const [method = '', path = ''] = name.split(' ');
      const media = operation.requestBody?.content['application/json'];
      // A dead letter to discard is not there.
      if (media === undefined || method === 'DELETE') continue;
      const scope = /^\/v1\/(?:(admin)|(batch))/.exec(path);
      const caller = scope?.[1] ? callers.admin : scope?.[2] ? callers.service : callers.person;
      const target = path.replace(/\{(\w+)\}/g, (_, id: string) => ids[id] ?? id);
      const made = await insist(() =>
        caller.request<Record<string, string>>(method, target, media.example ?? exampleOf(media)),
      );
      if (path === '/v1/posts') ids['postId'] = made['id'] ?? '';
      if (path.endsWith('/comments')) ids['commentId'] = made['id'] ?? '';
      tried++;
    }
    expect(tried).toBeGreaterThan(10);
  });

  it('says of every route who may call it, and names it once', () => {
    for (const { name, operation } of operations) {
      const open = name === 'POST /v1/dev/tokens';
      expect([name, operation.responses['401'] === undefined]).toEqual([name, open]);
      expect([name, operation.security]).toEqual([name, open ? [] : [{ bearer: [] }]]);
      expect(operation.summary).toMatch(/\w/);
      expect(operation.tags).toHaveLength(1);
      expect(operation.responses['503']).toBeDefined();
      if (!name.startsWith('GET')) expect(operation.responses['429']).toBeDefined();
    }
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  it('passes the linter of Redocly without an error or a warning', async () => {
    const folder = mkdtempSync(join(fromTestRun('TEST_DIR'), 'openapi-'));
    const file = join(folder, 'openapi.json');
    writeFileSync(file, JSON.stringify(document));
    const redocly = spawn(
      process.execPath,
      [require.resolve('@redocly/cli/bin/cli.js'), 'lint', file, '--format=json'],
      {
        cwd: folder,
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          REDOCLY_TELEMETRY: 'off',
          REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
          REDOCLY_SUPPRESS_NOTIFICATIONS: 'true',
        },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    let output = '';
    redocly.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(redocly, 'close')) as [number];
    const { totals, problems } = JSON.parse(output.slice(output.indexOf('{'))) as {
      totals: object;
      problems: { ruleId: string; message: string; location: { pointer: string }[] }[];
    };
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
      [],
    );
    expect(totals).toMatchObject({ errors: 0, warnings: 0 });
    expect(code).toBe(0);
  });

  /** A schema carries the example of its requests. */
  function exampleOf(media: Media): unknown {
    const { $ref, example } = (media.schema ?? {}) as { $ref?: string; example?: unknown };
    if ($ref === undefined) return example;
    const found = $ref
      .split('/')
      .slice(1)
      .reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], document);
    return (found as { example?: unknown }).example;
  }
});

describe('the page of the API', () => {
  it.each(['/docs', '/docs/'])('at %s is HTML that names it, and whose scripts there are', async (page) => {
    const answer = await fetch(`${beckon.url}${page}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    const html = await answer.text();
    expect(html).toMatch(/<title>Beckon API<\/title>/);
    const sources = [...html.matchAll(/<script src="([^"]+)"/g)].map(([, source = '']) => source);
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      const script = await fetch(new URL(source, answer.url));
      expect([source, script.status]).toEqual([source, 200]);
    }
  });
});
