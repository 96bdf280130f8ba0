import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

import { catalogue, consumers } from '#contracts/catalogue.js';
import { Beckon } from '#testkit/beckon.js';
import { databaseEnvironment } from '#testkit/database.js';
import { fromTestRun } from '#testkit/environment.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { insist } from '#testkit/insist.js';
import { OwnPostgres15 } from '#testkit/own-postgres-15.js';
import { OwnRedis } from '#testkit/own-redis.js';
import { Random } from '#testkit/random.js';
import { ReactionLoad } from '#testkit/reaction-load.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { Runbook } from '#testkit/runbook.js';
import { findTools, Terminal } from '#testkit/terminal.js';

const tools = findTools();
/** Several servers and processes are started one after the other, on a machine that may be busy. */
const HOOK_MS = 180_000;
const ACTORS = Array.from({ length: 40 }, (_, index) => `p${index}`);
const POSTS = ['post0', 'post1', 'post2', 'post3'];

/** Reactions that are not told exactly once, as they stand, and tellings of what does not stand. */
const UNTOLD = `
  SELECT r.actor_id, r.subject_id, r.version, m.version AS told
  FROM (SELECT 'reaction:' || id AS act_id, * FROM reaction.reaction WHERE NOT removed) r
  FULL JOIN (SELECT * FROM notification.member WHERE act_id LIKE 'reaction:%' AND active) m USING (act_id)
  WHERE r.version IS DISTINCT FROM m.version`;

(tools.missing === undefined ? describe : describe.skip)(
  'the runbook backup-and-restore, on PostgreSQL 15',
  () => {
    let postgres: OwnPostgres15;
    let redis: OwnRedis;
    let beckon: Beckon;
    let terminal: Terminal;
    const random = Random.seeded('runbook backup');

    beforeAll(async () => {
      [postgres, redis] = await Promise.all([OwnPostgres15.start(), OwnRedis.start()]);
      const { database } = postgres;
      beckon = await Beckon.start({ database, redisUrl: redis.url, env: { WRITES_PER_SECOND: '100000' } });
      const BACKUP_DIR = mkdtempSync(join(fromTestRun('TEST_DIR'), 'backup-'));
      const more = { BACKUP_DIR, CONSUMER: 'notification', ...databaseEnvironment(database) };
      terminal = await Terminal.open(beckon, tools, more);
      await beckon.people('ana', 'ben', 'late', ...ACTORS);
      const ana = await beckon.as('ana');
      for (const id of POSTS) await insist(() => ana.post('/v1/posts', { id, body: 'Hello' }));
    }, HOOK_MS);
    afterAll(async () => {
      await terminal?.close();
      await beckon?.stop();
      await redis?.stop();
    }, HOOK_MS);

    const react = (actor: string, post: string, type = 'like') =>
      insist(async () => (await beckon.as(actor)).post(`/v1/posts/${post}/reactions`, { type }));
    const reactors = async () =>
      (
        await beckon.database.query<{ actor_id: string }>('SELECT DISTINCT actor_id FROM reaction.reaction')
      ).map((row) => row.actor_id);
    async function expectAllToldOnce() {
      await beckon.drain(60_000);
      expect(await beckon.database.query(UNTOLD)).toEqual([]);
      expect(await inboxDifferences(beckon.database)).toEqual([]);
      expect(await counterDifferences(beckon.database)).toEqual([]);
      expect(await deadLetters(beckon)).toEqual([]);
    }

    it('brings back the moment of the dump, goes on from there, and mends a consumer that is older', async () => {
      const page = Runbook.open('backup-and-restore', terminal.env);
      await react('ben', 'post0');
      const load = ReactionLoad.start(beckon, {
        random,
        actors: ACTORS,
        posts: POSTS,
        connections: 2,
        takeBack: 0.2,
        perSecond: 50,
      });
      await load.progress(30);
      expect(Number(await page.next('Back up'))).toBeGreaterThan(20);
      await load.progress(10);
      await load.stop();
      await react('late', 'post0');
      const late = await beckon.as('late');
      await insist(() => late.post('/v1/posts', { id: 'gone', body: 'Not in the dump' }));

      await page.next('Restore everything');
      await postgres.lose();
      await page.next('Restore everything');
      await page.next('Restore everything');
      // Accepted before the dump: there. After it: lost with the disk, and told to nobody by a job that outlived it.
      expect(await reactors()).toContain('ben');
      expect(await reactors()).not.toContain('late');
      const [open] = await beckon.database.query<{ told: number }>(
        'SELECT count(*)::int AS told FROM notification.member',
      );
      expect(open?.told).toBeGreaterThan(0);
      await expectAllToldOnce();

      // It goes on: among what happens now is every kind of event.
      const ana = await beckon.as('ana');
      await react('late', 'post0');
      await insist(() => late.post('/v1/posts', { id: 'gone', body: 'Again' }));
      const comment = await insist(() => late.post('/v1/posts/post0/comments', { body: 'Nice' }));
      await insist(() => late.patch(`/v1/comments/${comment.id}`, { body: 'Very nice' }));
      await insist(() => late.put('/v1/me/following/ana'));
      await insist(() => late.put('/v1/me/following/ben'));
      await insist(() => late.delete('/v1/me/following/ben'));
      await insist(() => ana.put('/v1/posts/post1/thread', { level: 'mute' }));
      await react('ben', 'post0', 'love');
      await expectAllToldOnce();

      for (const consumer of ['notification', 'analytics']) {
        const again = Runbook.open('backup-and-restore', { ...terminal.env, CONSUMER: consumer });
        again.skipTo('Restore a consumer that is older than its producers');
        for (let block = 0; block < 3; block++)
          await again.next('Restore a consumer that is older than its producers');
        expect(again.left).toEqual([]);
        await expectAllToldOnce();
      }
      const inbox = (await ana.get('/v1/notifications')).body;
      const types = inbox.groups.map(({ type }: { type: string }) => type);
      expect(types).toEqual(expect.arrayContaining(['reaction', 'comment', 'follow']));
      expect((await ana.get('/v1/analytics/posts/post0')).body.comments).toBe(1);
    }, 240_000);

    it('owes each consumer what the catalogue gives it', async () => {
      for (const consumer of consumers) {
        const types = Object.keys(catalogue).map((type) => `('${type}')`);
        const [row] = await beckon.database.query<{ left: string[] }>(
          `SELECT coalesce(array_agg(type), '{}') AS left FROM (VALUES ${types.join(',')}) AS t (type)
         WHERE (type, '${consumer}') IN (${await leftOut()})`,
        );
        const foreign = Object.entries(catalogue).filter(
          ([, takers]) => !(takers as readonly string[]).includes(consumer),
        );
        expect(row?.left.sort()).toEqual(foreign.map(([type]) => type).sort());
      }
    });
  },
);

/** The pairs in owe-again.sql. */
async function leftOut(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const sql = await readFile('docs/runbooks/owe-again.sql', 'utf8');
  return /NOT IN \(([\s\S]*?)\)\nON CONFLICT/.exec(sql)?.[1] ?? '';
}
