import type { Queue } from 'bullmq';
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Beckon } from '#testkit/beckon.js';
import { fromTestRun } from '#testkit/environment.js';
import { deadLetters, toldOfReactions, wholeInbox } from '#testkit/inbox-reading.js';
import { insist } from '#testkit/insist.js';
import { openQueue } from '#testkit/open-queue.js';
import { publish } from '#testkit/publish.js';
import { inboxDifferences } from '#testkit/recount.js';
import { Runbook } from '#testkit/runbook.js';
import { findTools, Terminal } from '#testkit/terminal.js';
import { until } from '#testkit/until.js';

const tools = findTools();
/** Several servers and processes are started one after the other, on a machine that may be busy. */
const HOOK_MS = 180_000;
/** The event that the version before does not know. */
const NEW_EVENT = 'user.followed.v1';
const FOLLOWERS = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];

/** This build as it was before there was such an event: neither its schema nor who makes and takes it. */
function buildWithout(event: string): string {
  const folder = mkdtempSync(join(fromTestRun('TEST_DIR'), 'old-build-'));
  for (const part of ['apps', 'libs'])
    cpSync(join('dist', part), join(folder, 'dist', part), { recursive: true });
  for (const name of ['package.json', 'node_modules', 'libs']) symlinkSync(resolve(name), join(folder, name));
  for (const file of ['events.js', 'catalogue.js']) {
    const path = join(folder, 'dist/libs/contracts/src', file);
    const lines = readFileSync(path, 'utf8').split('\n');
    const kept = lines.filter((line) => !line.trim().startsWith(`'${event}':`));
    if (kept.length === lines.length) throw new Error(`${file} does not name ${event}`);
    writeFileSync(path, kept.join('\n'));
  }
  return folder;
}

(tools.missing === undefined ? describe : describe.skip)('the runbook rolling-upgrade', () => {
  let before: Beckon;
  let after: Beckon;
  let terminal: Terminal;
  const queues: Queue[] = [];

  beforeAll(async () => {
    before = await Beckon.start({ build: buildWithout(NEW_EVENT) });
    const { REDIS_PREFIX = '', REDIS_URL = '' } = before.env;
    const database = { ...before.database, drop: async () => undefined };
    after = await Beckon.start({ database, env: { REDIS_PREFIX, REDIS_URL } });
    await after.people('ana', 'ben', ...FOLLOWERS);
    await publish(after, 'ana', ['p1']);
    await after.drain();
    queues.push(openQueue(after, 'notification'), openQueue(after, 'user'));
  }, HOOK_MS);
  afterAll(async () => {
    await terminal?.close();
    await Promise.all(queues.map((queue) => queue.close()));
    await after?.stop();
    await before?.stop();
  }, HOOK_MS);

  it('what old consumers refused of a new event is applied by the new ones, once', async () => {
    terminal = await Terminal.open(after, tools, { EVENT_TYPE: NEW_EVENT });
    const page = Runbook.open('rolling-upgrade', terminal.env);
    await page.next('Rolling upgrade');

    // Producers first, which is the wrong order: only old consumers are there for what the new one emits.
    await Promise.all(queues.map((queue) => queue.pause()));
    for (const follower of FOLLOWERS)
      await insist(async () => (await after.as(follower)).put('/v1/me/following/ana'));
    await insist(async () => (await after.as('ben')).post('/v1/posts/p1/reactions', { type: 'like' }));
    await until(
      async () =>
        (
          await after.database.query(
            `SELECT 1 FROM "user".delivery WHERE epoch IS NULL UNION ALL SELECT 1 FROM reaction.delivery WHERE epoch IS NULL`,
          )
        ).length === 0,
    );
    await after.end();
    await Promise.all(queues.map((queue) => queue.resume()));
    await until(async () => (await deadLetters(before)).length === 2 * FOLLOWERS.length, 60_000);
    // Their neighbour was applied.
    await before.drain();
    expect((await toldOfReactions(before, ['ana']))['p1']?.actors).toEqual(['ben like']);

    await before.end();
    await after.run();
    expect(
      (await page.next('A new event, or a new version of one')).match(/^(notification|user)\./gm),
    ).toHaveLength(2 * FOLLOWERS.length);
    expect(await page.next('A new event, or a new version of one')).toContain('12 dead letters are');
    const { groups } = await wholeInbox(after, 'ana');
    expect(groups.find(({ type }) => type === 'follow')?.actorCount).toBe(FOLLOWERS.length);
    expect((await (await after.as('p0')).get('/v1/me/activity')).body.activities).toHaveLength(1);
    expect(await inboxDifferences(after.database)).toEqual([]);
    expect(await deadLetters(after)).toEqual([]);

    await until(
      async () => (await after.database.query('SELECT 1 FROM "user".delivery')).length === 0,
      60_000,
    );
    expect(await page.next('Is the old version of an event gone?')).toBe('0\n0\n0\n0\n');
    expect(page.left).toEqual([]);
  }, 180_000);
});
