import type { Queue } from 'bullmq';
import pg from 'pg';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { fromTestRun } from '#testkit/environment.js';
import { eventOf, type HandMadeEvent, reactionData } from '#testkit/hand-made-event.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { openQueue } from '#testkit/open-queue.js';
import { publish } from '#testkit/publish.js';
import { inboxDifferences } from '#testkit/recount.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { until } from '#testkit/until.js';

/** More than the attempts after which an event is a dead letter. */
const OUTAGES = 7;

describe('an outage counts no attempt and makes no dead letter', () => {
  let proxy: TcpProxy;
  let beckon: Beckon;
  let queue: Queue;

  beforeAll(async () => {
    const { hostname, port } = new URL(fromTestRun('TEST_DATABASE_ADMIN_URL'));
    proxy = await TcpProxy.start(await freePort(), { host: hostname, port: Number(port) });
    beckon = await Beckon.start({ databasePort: proxy.port, faults: [] });
    await beckon.people('ana', 'ben', 'cy');
    await publish(beckon, 'ana', ['p1']);
    await beckon.drain();
    queue = openQueue(beckon, 'notification');
  });
  afterEach(async () => {
    expect(await deadLetters(beckon)).toEqual([]);
    expect(await inboxDifferences(beckon.database)).toEqual([]);
  });
  afterAll(async () => {
    await queue?.close();
    await beckon?.stop();
    await proxy?.stop();
  });

  const put = (data: unknown) => queue.add('events', data, { removeOnComplete: true, removeOnFail: true });
  const reaction = (actorId: string) => eventOf('reaction.added.v1', reactionData({ actorId }));
  const inLedger = async ({ id }: HandMadeEvent) =>
    (
      await beckon.database.query<{ status: string; attempts: number; error: string | null }>(
        'SELECT status, attempts, error FROM notification.ledger WHERE event_id = $1',
        [id],
      )
    )[0];
  const done = { status: 'done', error: null };

  it('of whatever it hits, however often it comes back', async () => {
    const event = reaction('ben');
    beckon.arm({ at: 'ledger', does: 'outage', about: event.id, times: OUTAGES });
    await put({ events: [event], suspect: true });
    await until(async () => (await inLedger(event))?.status === 'done', 60_000);
    expect(await inLedger(event)).toEqual({ ...done, attempts: 1 });
  }, 90_000);

  it('even if the attempt cannot be given back, because PostgreSQL is what is away', async () => {
    const event = reaction('cy');
    const blocker = new pg.Client({ connectionString: beckon.database.url });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query(`SELECT 1 FROM notification.inbox_state WHERE recipient_id = 'ana' FOR UPDATE`);
    // Who waits for the inbox of Ana is in the middle of the attempt; ending its backend frees what it holds.
    const endWaiting = async () =>
      (
        await beckon.database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'beckon-notification' AND wait_event_type = 'Lock'`,
        )
      ).length;
    await put({ events: [event], suspect: true });
    const waits = async () =>
      (
        await beckon.database.query(
          `SELECT 1 FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'beckon-notification' AND wait_event_type = 'Lock'`,
        )
      ).length > 0;
    for (let outage = 0; outage < OUTAGES; outage++) {
      await until(waits, 30_000);
      await proxy.cut();
      await endWaiting();
      // The job is put back, and what it says is that nothing was attempted.
      await until(async () => (await queue.getDelayed()).some(({ data }) => data.spent === 0), 30_000);
      await proxy.restore();
    }
    await until(waits, 30_000);
    await blocker.query('COMMIT');
    await blocker.end();
    await until(async () => (await inLedger(event))?.status === 'done', 60_000);
    expect(await inLedger(event)).toEqual({ ...done, attempts: 1 });
  }, 180_000);

  it('and delays only what it hit: the rest of its envelope is done, what failed is on its own', async () => {
    const [arrives, fails, waits] = [reaction('eve'), reaction('ivy'), reaction('ida')];
    const taken = eventOf('reaction.removed.v1', waits.data);
    // The removal is in a lane, and so in a transaction, of its own.
    beckon.arm(
      { at: 'ledger', does: 'outage', about: taken.id },
      { at: 'ledger', does: 'throw', about: fails.id, times: 2 },
    );
    await put({ events: [arrives, fails, taken] });
    await until(async () => {
      const delayed = await queue.getDelayed();
      return delayed.some(({ data }) => data.events.length === 1 && data.events[0].id === taken.id);
    }, 30_000);
    await until(async () => (await inLedger(fails))?.status === 'done', 30_000);
    expect((await inLedger(arrives))?.status).toBe('done');
    expect(await inLedger(taken)).toBeUndefined();
    beckon.arm();
    await until(async () => (await inLedger(taken))?.status === 'done', 30_000);
  }, 90_000);
});
