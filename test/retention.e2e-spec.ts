import type { Queue } from 'bullmq';
import parsePrometheus from 'parse-prometheus-text-format';
import pg from 'pg';

import type { EventData } from '#contracts/events.js';
import { Beckon } from '#testkit/beckon.js';
import { HandDelivery } from '#testkit/hand-delivery.js';
import { eventOf, type HandMadeEvent } from '#testkit/hand-made-event.js';
import { insist, served } from '#testkit/insist.js';
import { openQueue } from '#testkit/open-queue.js';
import { publish } from '#testkit/publish.js';
import { inboxDifferences } from '#testkit/recount.js';
import { until } from '#testkit/until.js';

const FOLLOWERS = 60;
/** Rows that are deleted at once (retention.ts), and more than two times as many. */
const BATCH = 500;
const MANY = 1_200;
/** Members that are deleted at once (group-retention.ts). */
const MEMBERS = 5_000;
const followers = Array.from({ length: FOLLOWERS }, (_, index) => `fan-${index}`);

/** SQL: a UUIDv7 as it would be had it been made so many days before. */
const aged = (id: string, days: number) => `(
  lpad(to_hex(('x' || lpad(left(replace(${id}::text, '-', ''), 12), 16, '0'))::bit(64)::bigint
    - ${days * 86_400_000}::bigint), 12, '0') || substr(replace(${id}::text, '-', ''), 13))::uuid`;

describe('retention', () => {
  let beckon: Beckon;
  let analytics: Queue;

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { RETENTION_INTERVAL_SECONDS: '1' } });
    analytics = openQueue(beckon, 'analytics');
    await beckon.people('ana', 'ben', 'cy', ...followers);
    const follows = followers.map((follower) => ({ follower, followee: 'ana' }));
    await (await beckon.asService()).post('/v1/batch/follows', { follows });
    await publish(beckon, 'ana', ['p1', 'p2', 'p3']);
    await beckon.drain();
  });
  afterAll(async () => {
    await analytics?.close();
    await beckon?.stop();
  });

  const sql = <Row extends object>(text: string) =>
    beckon.database.query<Row & Record<string, unknown>>(text);
  const count = async (from: string): Promise<number> =>
    (await sql<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${from}`))[0]?.rows ?? -1;
  const react = async (actor: string, post: string, headers: Record<string, string> = {}) => {
    const api = await beckon.as(actor);
    return served(() => api.post(`/v1/posts/${post}/reactions`, { type: 'like' }, headers));
  };
  /** Lets two rounds of every rule go by: what has not gone then stays. */
  const rounds = () => new Promise((resolve) => setTimeout(resolve, 2_500));
  const admin = async () =>
    beckon.withHeaders({ authorization: `Bearer ${await beckon.tokenOf('operator', 'admin')}` });
  const prunedOf = async (service: string, table: string): Promise<number> => {
    const families = parsePrometheus(await (await fetch(`${beckon.url}/metrics`)).text());
    const samples = families.find(({ name }) => name === 'beckon_pruned_rows_total')?.metrics ?? [];
    const own = samples.find(({ labels }) => labels?.['service'] === service && labels['table'] === table);
    return Number(own?.value ?? 0);
  };

  /** Moves all events, and what consumers know of them, back in time. */
  async function ageEvents(days: number): Promise<void> {
    const moves = ['"user"', 'post', 'comment', 'reaction'].map(
      (schema) => `
        UPDATE ${schema}.delivery SET event_id = ${aged('event_id', days)}, due_at = due_at;
        UPDATE ${schema}.outbox SET id = ${aged('id', days)}, created_at = created_at - interval '${days} days',
          payload = jsonb_set(payload, '{id}', to_jsonb(${aged('id', days)}))`,
    );
    for (const schema of ['"user"', 'analytics', 'notification'])
      moves.push(`
        UPDATE ${schema}.dead_letter SET event_id = ${aged('event_id', days)};
        UPDATE ${schema}.ledger SET event_id = ${aged('event_id', days)}, updated_at = updated_at - interval '${days} days'`);
    moves.push(`UPDATE notification.fan_out SET event_id = ${aged('event_id', days)}`);
    await sql(moves.join(';'));
  }

  it('forgets events after a week, but none that a consumer has not settled', async () => {
    await analytics.pause();
    expect((await react('ben', 'p1')).status).toBe(201);
    await until(async () => (await count(`notification.member WHERE actor_id = 'ben'`)) === 1);
    // Redis holds the event by its present id, which it loses with its age.
    await analytics.drain();
    await ageEvents(8);
    await until(async () => (await count('post.outbox')) === 0);
    await rounds();
    expect(await count('reaction.outbox')).toBe(1);
    expect(await prunedOf('post', 'outbox')).toBe(3);
    expect(await prunedOf('reaction', 'outbox')).toBe(0);
    // Younger than the ledger is kept: all of it could come again.
    expect(await count('notification.ledger')).toBe(4);

    await analytics.resume();
    await until(async () => (await count('reaction.outbox')) === 0, 60_000);
    const post = (await (await beckon.as('ana')).get('/v1/analytics/posts/p1')).body;
    expect(post.reactions.total).toBe(1);
  }, 120_000);

  it('forgets what is settled once it is too old to come again, and keeps what is not', async () => {
    const hands = HandDelivery.open(beckon);
    const broken = () => eventOf('reaction.added.v1', {} as EventData<'reaction.added.v1'>);
    await hands.deliver([broken(), broken()]);
    await hands.close();
    expect(await count('notification.dead_letter')).toBe(2);
    await sql(`UPDATE "user".ledger SET status = 'trying'`);
    const tried = await count(`"user".ledger WHERE status = 'trying'`);
    expect(tried).toBeGreaterThan(0);

    await ageEvents(32);
    await until(async () => (await count('analytics.ledger')) === 0);
    await until(async () => (await count('notification.ledger')) === 2);
    await rounds();
    expect(await count(`notification.ledger WHERE status = 'dead'`)).toBe(2);
    expect(await count(`"user".ledger`)).toBe(tried);

    const [letter] = (await (await admin()).get('/v1/admin/dead-letters')).body.deadLetters;
    await (await admin()).request('DELETE', `/v1/admin/dead-letters/${letter.id}`, { reason: 'too old' });
    await ageEvents(32);
    await until(async () => (await count('notification.ledger')) === 1);
    expect(await count('notification.dead_letter')).toBe(1);
  }, 120_000);

  it('forgets acts only when nothing can tell of them any more', async () => {
    expect((await react('ben', 'p3')).status).toBe(201);
    await beckon.drain();
    const [added] = await sql<{ event: HandMadeEvent }>(
      `SELECT payload AS event FROM reaction.outbox ORDER BY id DESC LIMIT 1`,
    );
    await (await beckon.as('ben')).delete('/v1/posts/p3/reactions/mine');
    await beckon.drain();
    expect(await count('notification.act WHERE removed_version > 0')).toBe(1);
    // A fan-out whose worker holds it, of an event from long ago.
    await sql(`UPDATE notification.fan_out SET done_at = NULL, leased_until = now() + interval '1 hour'
      WHERE event_id = (SELECT event_id FROM notification.fan_out ORDER BY event_id LIMIT 1)`);
    const acts = await count('notification.act');
    await sql(`UPDATE notification.act SET updated_at = now() - interval '32 days'`);
    await rounds();
    expect(await count('notification.act')).toBe(acts);

    await sql('UPDATE notification.fan_out SET leased_until = NULL WHERE done_at IS NULL');
    await until(async () => (await count('notification.act')) === 0);
    expect(await prunedOf('notification', 'act')).toBeGreaterThanOrEqual(acts);

    // The reaction itself, as late as that, is told to nobody.
    const hands = HandDelivery.open(beckon);
    const [late] = await sql<{ id: string }>(`SELECT ${aged(`'${added?.event.id}'::uuid`, 31)} AS id`);
    await hands.deliver([{ ...(added?.event as HandMadeEvent), id: late?.id ?? '' }]);
    await hands.close();
    expect(await count(`notification.member WHERE actor_id = 'ben' AND subject_id = 'p3' AND active`)).toBe(
      0,
    );
    const [letter] = (await (await admin()).get('/v1/admin/dead-letters?limit=1')).body.deadLetters;
    expect(letter.error).toContain('older than the ledger');
  }, 120_000);

  it('tells a reaction to a post whose act was forgotten, and takes it back with the post', async () => {
    expect((await react('cy', 'p3')).status).toBe(201);
    await beckon.drain();
    expect(await count(`notification.member WHERE actor_id = 'cy' AND subject_id = 'p3' AND active`)).toBe(1);
    await (await beckon.as('ana')).delete('/v1/posts/p3');
    await beckon.drain();
    expect(await count(`notification.member WHERE actor_id = 'cy' AND subject_id = 'p3' AND active`)).toBe(0);
  });

  it('forgets finished fan-outs, used-up tickets and old idempotency keys', async () => {
    const first = await react('ben', 'p2', { 'idempotency-key': 'old' });
    const second = await react('cy', 'p2', { 'idempotency-key': 'young' });
    await (await beckon.as('ben')).post('/v1/notifications/stream-tickets');
    await (await beckon.as('cy')).post('/v1/notifications/stream-tickets');
    await beckon.drain();
    await sql(`
      UPDATE reaction.idempotency_key SET created_at = created_at - interval '26 hours' WHERE key = 'old';
      UPDATE notification.stream_ticket SET expires_at = now() - interval '1 second' WHERE recipient_id = 'ben';
      UPDATE notification.fan_out SET done_at = done_at - interval '8 days'`);
    await until(async () => (await count('notification.fan_out')) === 0);
    await until(async () => (await count('reaction.idempotency_key')) === 1);
    await until(async () => (await count('notification.stream_ticket')) === 1);
    // Forgotten, so it is a new request, which finds the reaction there; the other is answered as it was.
    expect(first.status).toBe(201);
    expect((await react('ben', 'p2', { 'idempotency-key': 'old' })).status).toBe(200);
    expect((await react('cy', 'p2', { 'idempotency-key': 'young' })).status).toBe(second.status);
  });

  it('tells open streams to reload when notifications that they show are forgotten', async () => {
    const ana = await beckon.as('ana');
    const { counts } = (await ana.get('/v1/notifications')).body;
    expect(counts.unread).toBeGreaterThan(0);
    const stream = await beckon.stream('ana', counts.seq);
    await sql(`UPDATE notification.inbox_group SET changed_at = now() - interval '91 days'`);
    const reset = await stream.waitFor(({ event }) => event === 'reset', 20_000);
    await until(async () => (await count(`notification.inbox_group WHERE recipient_id = 'ana'`)) === 0);
    const after = (await ana.get('/v1/notifications')).body;
    expect(after).toMatchObject({ groups: [], counts: { unread: 0, unseen: 0 } });
    expect(reset.data.seq).toBe(after.counts.seq);
    await until(async () => (await count('notification.member')) === 0);
    await until(async () => (await count('notification.pruned_group')) === 0);
    await stream.close();

    const resumed = await beckon.stream('ana', counts.seq);
    await resumed.waitFor(({ event }) => event === 'reset');
    await resumed.close();
    const current = await beckon.stream('ana', after.counts.seq);
    const cy = await beckon.as('cy');
    await insist(() => cy.post('/v1/posts/p1/comments', { body: 'Nice' }));
    await current.waitFor(({ event }) => event === 'group');
    expect(current.events.map(({ event }) => event)).not.toContain('reset');
    await current.close();
  }, 60_000);

  it('forgets many in small batches', async () => {
    await sql(`
      CREATE TABLE public.batch (id serial, rows int);
      CREATE FUNCTION public.note_batch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$ BEGIN INSERT INTO public.batch (rows) SELECT count(*) FROM gone; RETURN NULL; END $$;
      CREATE TRIGGER note_batch AFTER DELETE ON reaction.idempotency_key REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION public.note_batch();
      INSERT INTO reaction.idempotency_key (actor_id, route, key, request_hash, status, answer, created_at)
        SELECT 'ben', 'many', n, '', 200, '{}', now() - interval '26 hours' FROM generate_series(1, ${MANY}) AS n`);
    await until(async () => (await count(`reaction.idempotency_key WHERE route = 'many'`)) === 0);
    const batches = (await sql<{ rows: number }>('SELECT rows FROM public.batch WHERE rows > 0')).map(
      ({ rows }) => rows,
    );
    expect(Math.max(...batches)).toBeLessThanOrEqual(BATCH);
    expect(batches.reduce((sum, rows) => sum + rows, 0)).toBe(MANY);
  });

  it('forgets a group at once and its many members in pages, of which none stops at one that is held', async () => {
    await publish(beckon, 'ana', ['p4']);
    expect((await react('ben', 'p4')).status).toBe(201);
    await beckon.drain();
    const ana = await beckon.as('ana');
    const groups = async (): Promise<{ id: string; subject: { id: string } }[]> =>
      (await ana.get('/v1/notifications')).body.groups;
    const group = (await groups()).find(({ subject }) => subject.id === 'p4');
    const members = `notification.member WHERE group_id = '${group?.id}'`;
    await sql(`
      TRUNCATE public.batch;
      CREATE TRIGGER note_batch AFTER DELETE ON notification.member REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION public.note_batch();
      INSERT INTO notification.member SELECT (jsonb_populate_record(member,
          jsonb_build_object('act_id', 'reaction:' || n, 'actor_id', 'many-' || n))).*
        FROM notification.member, generate_series(1, ${2 * MEMBERS}) AS n WHERE group_id = '${group?.id}'`);
    const holder = new pg.Client({ connectionString: beckon.database.url });
    await holder.connect();
    try {
      await holder.query(`BEGIN; SELECT 1 FROM ${members} AND actor_id = 'ben' FOR UPDATE`);
      await sql(
        `UPDATE notification.inbox_group SET changed_at = now() - interval '91 days' WHERE id = '${group?.id}'`,
      );
      await until(async () => (await count(members)) === 1);
      expect((await groups()).map(({ id }) => id)).not.toContain(group?.id);
      expect((await ana.get(`/v1/notifications/${group?.id}/actors`)).status).toBe(404);
      expect(await inboxDifferences(beckon.database)).toEqual([]);
    } finally {
      await holder.end();
    }
    await until(async () => (await count('notification.pruned_group')) === 0);
    expect(await count(members)).toBe(0);
    const batches = (await sql<{ rows: number }>('SELECT rows FROM public.batch')).map(({ rows }) => rows);
    expect(Math.max(...batches)).toBe(MEMBERS);
  }, 60_000);

  it('goes past what must stay, though it is more than a batch', async () => {
    const id = `(lpad(to_hex((extract(epoch FROM now() - interval '40 days') * 1000)::bigint), 12, '0')
      || '70008000' || lpad(n::text, 12, '0'))::uuid`;
    await sql(`
      INSERT INTO analytics.ledger (event_id, status, updated_at)
        SELECT ${id}, CASE n WHEN ${MANY} THEN 'done' ELSE 'trying' END, now() - interval '40 days'
        FROM generate_series(1, ${MANY}) AS n`);
    const aged = `analytics.ledger WHERE updated_at < now() - interval '39 days'`;
    await until(async () => (await count(`${aged} AND status = 'done'`)) === 0);
    expect(await count(aged)).toBe(MANY - 1);
  });
});
