import pg from 'pg';

import type { EventData } from '#contracts/events.js';
import { Beckon } from '#testkit/beckon.js';
import { cloneDatabase, type TestDatabase } from '#testkit/database.js';
import { HandDelivery } from '#testkit/hand-delivery.js';
import { eventOf } from '#testkit/hand-made-event.js';
import { holdTable } from '#testkit/hold-table.js';
import { deadLetters, toldOfReactions } from '#testkit/inbox-reading.js';
import { OwnRedis } from '#testkit/own-redis.js';
import { insist } from '#testkit/insist.js';
import { publish } from '#testkit/publish.js';
import { Random } from '#testkit/random.js';
import { ReactionLoad } from '#testkit/reaction-load.js';
import { counterDifferences, inboxDifferences } from '#testkit/recount.js';
import { Runbook } from '#testkit/runbook.js';
import { findTools, Terminal } from '#testkit/terminal.js';
import { until } from '#testkit/until.js';

const tools = findTools();
/** Several servers and processes are started one after the other, on a machine that may be busy. */
const HOOK_MS = 180_000;
const ACTORS = Array.from({ length: 40 }, (_, index) => `p${index}`);
const POSTS = ['post0', 'post1', 'post2', 'post3'];

(tools.missing === undefined ? describe : describe.skip)('runbooks', () => {
  let redis: OwnRedis;
  let beckon: Beckon;
  let terminal: Terminal;

  beforeAll(async () => {
    redis = await OwnRedis.start();
    beckon = await Beckon.start({ redisUrl: redis.url, env: { WRITES_PER_SECOND: '100000' } });
    terminal = await Terminal.open(beckon, tools);
    await beckon.people('ana', 'cy', ...ACTORS);
    await publish(beckon, 'ana', POSTS);
  }, HOOK_MS);
  afterAll(async () => {
    await terminal?.close();
    await beckon?.stop();
    await redis?.stop();
  }, HOOK_MS);

  const react = async (actor: string, post: string, type: string) => {
    const api = await beckon.as(actor);
    await insist(() => api.post(`/v1/posts/${post}/reactions`, { type }));
  };

  it('redis-lost: what was accepted while Redis was away, and what it lost, is told once', async () => {
    const page = Runbook.open('redis-lost', terminal.env);
    const load = ReactionLoad.start(beckon, {
      random: Random.seeded('runbook redis'),
      actors: ACTORS,
      posts: POSTS,
      connections: 2,
      takeBack: 0.2,
      perSecond: 50,
    });
    await load.progress(20);
    redis.signal('SIGKILL');
    await load.progress(20);
    expect(await page.next('See')).toMatch(/^notification\.fanout +out of reach/m);

    await redis.run();
    await page.next('Bring one back');
    await page.next('Empty it');
    await load.progress(20);
    await load.stop();
    await page.next('Wait until all is told');
    expect(page.left).toEqual([]);

    expect(load.complaints).toEqual([]);
    expect(await toldOfReactions(beckon, ['ana'])).toEqual(load.told());
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await counterDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  }, 120_000);

  it('consumer-stuck: who blocks it is found and ended, nobody else is, and all is told', async () => {
    const page = Runbook.open('consumer-stuck', terminal.env);
    const forgotten = new pg.Client({ connectionString: beckon.database.url, application_name: 'forgotten' });
    forgotten.on('error', () => undefined);
    await forgotten.connect();
    await forgotten.query('BEGIN');
    await forgotten.query('LOCK TABLE notification.member IN ACCESS EXCLUSIVE MODE');
    await react('cy', 'post0', 'like');
    // What blocks another Beckon, in another database of the server, is left alone.
    const elsewhere = await cloneDatabase();
    const release = await holdTable(elsewhere, 'notification.member');
    const waiting = waitForMembers(elsewhere);
    await until(() => isBlocked(elsewhere));

    expect(await page.next('See which one')).toContain('beckon_deliveries_oldest_age_seconds');
    await page.next('Does everything that it needs answer?');
    await until(() => isBlocked(beckon.database));
    expect(await page.next('Does somebody hold a lock?')).toMatch(
      /forgotten +\| idle in transaction[^]*\(1 row\)/,
    );
    await until(() => isBlocked(beckon.database));
    expect(await page.next('Does somebody hold a lock?')).toMatch(/\| t$[^]*\(1 row\)/m);
    await release();
    await waiting;
    await elsewhere.drop();
    await page.next('Restart');
    await page.next('Wait until all is told');
    expect(page.left).toEqual([]);
    expect((await toldOfReactions(beckon, ['ana']))['post0']?.actors).toContain('cy like');
    expect(await deadLetters(beckon)).toEqual([]);
    await forgotten.end().catch(() => undefined);
  }, 120_000);

  it('dead-letters: looked at, redriven, discarded, and none is left', async () => {
    const page = Runbook.open('dead-letters', terminal.env);
    const hands = HandDelivery.open(beckon);
    await hands.deliver([eventOf('reaction.added.v1', {} as EventData<'reaction.added.v1'>)]);
    await hands.close();
    await beckon.database.query(
      `ALTER TABLE notification.member ADD CONSTRAINT refused CHECK (actor_id <> 'cy') NOT VALID`,
    );
    for (const post of ['post1', 'post2']) await react('cy', post, 'love');
    await until(async () => (await deadLetters(beckon)).length === 3, 90_000);

    expect((await page.next('Look')).match(/^notification\./gm)).toHaveLength(6);
    expect(await page.next('Look')).toMatch(/^notification +dead/m);
    await beckon.database.query('ALTER TABLE notification.member DROP CONSTRAINT refused');
    await page.next('Redrive');
    await until(async () => (await deadLetters(beckon)).length === 2);
    expect(await page.next('Redrive')).toContain('2 dead letters are being applied again');
    await until(async () => (await deadLetters(beckon)).length === 1);
    // What nobody can apply comes back.
    await until(
      async () =>
        (await beckon.database.query(`SELECT 1 FROM notification.ledger WHERE status = 'pending'`)).length ===
        0,
    );
    await page.next('Discard');
    await page.next('Done');
    expect(page.left).toEqual([]);
    const told = await toldOfReactions(beckon, ['ana']);
    for (const post of ['post1', 'post2']) expect(told[post]?.actors).toContain('cy love');
    expect(await inboxDifferences(beckon.database)).toEqual([]);
  }, 180_000);
});

async function isBlocked(database: TestDatabase): Promise<boolean> {
  const waiting = await database.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
       AND application_name = 'beckon-notification' AND wait_event_type = 'Lock'`,
  );
  return waiting.length > 0;
}

/** Reads members as a notification app would. */
async function waitForMembers(database: TestDatabase): Promise<void> {
  const client = new pg.Client({ connectionString: database.url, application_name: 'beckon-notification' });
  await client.connect();
  await client.query('SELECT 1 FROM notification.member');
  await client.end();
}
