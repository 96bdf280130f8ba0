import { AdminServiceClient } from '#contracts/generated/beckon/v1/beckon.js';
import { Beckon } from '#testkit/beckon.js';
import { GrpcCaller } from '#testkit/grpc.js';
import { holdTable } from '#testkit/hold-table.js';
import { insist } from '#testkit/insist.js';
import { expectProblem } from '#testkit/problem.js';
import { publish } from '#testkit/publish.js';
import { until } from '#testkit/until.js';

const POSTS = ['p1', 'p2', 'p3', 'p4', 'p5'];
const PER_SECOND = 2;
const MANY = 2_000;

describe('operating dead letters', () => {
  let beckon: Beckon;
  const admin = async () =>
    beckon.withHeaders({ authorization: `Bearer ${await beckon.tokenOf('operator', 'admin')}` });
  const letters = async (query = '') =>
    (await (await admin()).get(`/v1/admin/dead-letters${query}`)).body.deadLetters;

  const react = async (actor: string, post: string, type = 'like') => {
    const api = await beckon.as(actor);
    await insist(() => api.post(`/v1/posts/${post}/reactions`, { type }));
  };
  /** While this holds, whatever somebody does cannot be written into an inbox: an error of the event, not an outage. */
  const refuse = (actorId: string) =>
    beckon.database.query(
      `ALTER TABLE notification.member ADD CONSTRAINT refused CHECK (actor_id <> '${actorId}') NOT VALID`,
    );
  const accept = () => beckon.database.query('ALTER TABLE notification.member DROP CONSTRAINT refused');

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { REDRIVES_PER_SECOND: String(PER_SECOND) } });
    await beckon.people('ana', 'ben', 'cy');
    await publish(beckon, 'ana', POSTS);
    await beckon.drain();
  });
  afterAll(() => beckon?.stop());

  it('is for admins only', async () => {
    for (const path of ['queues', 'dead-letters', `events/01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11`]) {
      expect((await (await beckon.as('ana')).get(`/v1/admin/${path}`)).status).toBe(403);
      expect((await beckon.withHeaders({}).get(`/v1/admin/${path}`)).status).toBe(401);
    }
  });

  it('keeps a failing event, shows it, applies it once it can be, and only once', async () => {
    await refuse('ben');
    for (const id of POSTS) await react('ben', id);
    await until(async () => (await letters()).length === POSTS.length, 60_000);

    const [letter] = await letters('?queue=notification.fanout&type=reaction.added.v1&limit=1');
    expect(letter).toMatchObject({
      queue: 'notification.fanout',
      type: 'reaction.added.v1',
      attempts: 5,
      pending: false,
    });
    expect(letter.error).toContain('refused');
    const detail = await (await admin()).get(`/v1/admin/dead-letters/${letter.id}`);
    expect(detail.body.payload).toMatchObject({
      id: letter.eventId,
      type: 'reaction.added.v1',
      data: { actorId: 'ben' },
    });
    const before = await (await admin()).get(`/v1/admin/events/${letter.eventId}`);
    expect(before.body.producer).toBe('reaction');
    expect(chapter(before.body, 'notification')).toMatchObject({ state: 'dead', told: 0 });
    expect(chapter(before.body, 'analytics')).toMatchObject({ state: 'done', told: null });

    await accept();
    const redriven = await (await admin()).post(`/v1/admin/dead-letters/${letter.id}/redrive`);
    expect(redriven.body).toEqual({ redriven: 1 });
    await until(async () => (await letters()).length === POSTS.length - 1);
    const after = await (await admin()).get(`/v1/admin/events/${letter.eventId}`);
    expect(chapter(after.body, 'notification')).toMatchObject({ state: 'done', told: 1 });
    expect((await (await admin()).post(`/v1/admin/dead-letters/${letter.id}/redrive`)).status).toBe(404);
    expect((await (await beckon.as('ana')).get('/v1/notifications')).body.groups).toHaveLength(1);
  });

  it('a redrive of the rest gives the rest, oldest first at its rate, and a second one nothing', async () => {
    const again = async () =>
      (
        await (
          await admin()
        ).post('/v1/admin/dead-letter-redrives', { queue: 'notification.fanout', limit: 100 })
      ).body;
    // Ids begin with the time of the event.
    const waiting: string[] = (await letters()).map(({ eventId }: { eventId: string }) => eventId).sort();
    expect(await again()).toEqual({ redriven: waiting.length, unknown: [] });
    await until(async () => (await letters()).length === 0);
    const applied = await beckon.database.query<{ id: string; at: Date }>(
      `SELECT event_id AS id, updated_at AS at FROM notification.ledger WHERE event_id = ANY($1) ORDER BY updated_at`,
      [waiting],
    );
    expect(applied.map(({ id }) => id)).toEqual(waiting);
    const times = applied.map(({ at }) => at.getTime());
    // Clocks are rounded.
    for (const [index, at] of times.slice(1).entries())
      expect(at - times[index]!).toBeGreaterThan(0.95 * (1_000 / PER_SECOND));
    expect(await again()).toEqual({ redriven: 0, unknown: [] });
    const inbox = (await (await beckon.as('ana')).get('/v1/notifications')).body;
    expect(inbox.groups.map((group: { subject: { id: string } }) => group.subject.id).sort()).toEqual(POSTS);
    expect(inbox.counts.unread).toBe(POSTS.length);
  });

  it('a redrive reads the letter that is next, however many wait', async () => {
    const rowsRead = async () =>
      (
        await beckon.database.query<{ rows: number }>(
          `SELECT (coalesce(sum(idx_tup_read), 0) + coalesce(sum(idx_tup_fetch), 0))::int AS rows
           FROM pg_stat_user_indexes WHERE schemaname = 'analytics' AND relname IN ('ledger', 'dead_letter')`,
        )
      )[0]?.rows ?? 0;
    const tried = async () =>
      (
        await beckon.database.query<{ letters: number }>(
          `SELECT count(*)::int AS letters FROM analytics.dead_letter WHERE queue = 'many' AND attempts > 1`,
        )
      )[0]?.letters ?? 0;
    // Planned for what there is, as PostgreSQL itself does sooner or later.
    await beckon.database.query(`
      WITH many AS (SELECT gen_random_uuid() AS id FROM generate_series(1, ${MANY})), letter AS (
        INSERT INTO analytics.dead_letter (id, event_id, queue, payload, error, attempts)
          SELECT id, id, 'many', '{}', 'no event at all', 1 FROM many)
      INSERT INTO analytics.ledger (event_id, status) SELECT id, 'pending' FROM many;
      ANALYZE analytics.ledger, analytics.dead_letter`);
    try {
      const before = await rowsRead();
      // More than one, so that connections have told what the first has read.
      await until(async () => (await tried()) >= 3 * PER_SECOND, 60_000);
      expect((await rowsRead()) - before).toBeLessThan(MANY);
    } finally {
      await beckon.database.query(`
        DELETE FROM analytics.ledger USING analytics.dead_letter d
          WHERE d.event_id = ledger.event_id AND d.queue = 'many';
        DELETE FROM analytics.dead_letter WHERE queue = 'many'`);
    }
  }, 90_000);

  it('a redrive after newer versions changes nothing', async () => {
    await refuse('cy');
    await react('cy', 'p1');
    await until(async () => (await letters()).length === 1, 60_000);
    await accept();
    await react('cy', 'p1', 'love');
    await beckon.drain();
    const cy = await beckon.as('cy');
    await insist(() => cy.delete('/v1/posts/p1/reactions/mine'));
    await beckon.drain();

    await (await admin()).post('/v1/admin/dead-letter-redrives', { limit: 10 });
    await until(async () => (await letters()).length === 0);

    const inbox = (await (await beckon.as('ana')).get('/v1/notifications')).body;
    expect(
      inbox.groups.find((group: { subject: { id: string } }) => group.subject.id === 'p1').actorIds,
    ).toEqual(['ben']);
  });

  it('gives a letter up with a reason, which its story keeps', async () => {
    await refuse('cy');
    await react('cy', 'p2', 'sad');
    await until(async () => (await letters()).length === 1, 60_000);
    await accept();
    const [letter] = await letters();

    const discard = async () =>
      (await admin()).request('DELETE', `/v1/admin/dead-letters/${letter.id}`, { reason: 'not worth it' });
    expect((await discard()).status).toBe(204);
    expect((await discard()).status).toBe(404);
    expect(await letters()).toEqual([]);
    const story = (await (await admin()).get(`/v1/admin/events/${letter.eventId}`)).body;
    expect(chapter(story, 'notification')).toMatchObject({ state: 'dead', error: 'discarded: not worth it' });
  });

  it('waits for an app that is slow, and leaves undecided what it may have done', async () => {
    await refuse('cy');
    await react('cy', 'p4', 'sad');
    await until(async () => (await letters()).length === 1, 60_000);
    await accept();
    const [letter] = await letters();

    const release = await holdTable(beckon.database, 'notification.dead_letter');
    const request = { queue: 'notification.fanout', limit: 1 };
    try {
      const answers = await Promise.all([
        (await admin()).request('DELETE', `/v1/admin/dead-letters/${letter.id}`, { reason: 'slow' }),
        (await admin()).post('/v1/admin/dead-letter-redrives', { ...request, type: 'none.such.v1' }),
      ]);
      for (const answer of answers) expectProblem(answer, 504, 'ANSWER_LOST');
    } finally {
      await release();
    }
    // This one was done.
    await until(async () => (await letters()).length === 0);
  });

  it('tells the story of an event of another release as it is kept', async () => {
    await react('ben', 'p3', 'wow');
    await beckon.drain();
    const [row] = await beckon.database.query<{ id: string }>(
      `UPDATE reaction.outbox SET type = 'reaction.boosted.v1',
         payload = payload || '{"type": "reaction.boosted.v1", "data": {"boost": 3}}'
       WHERE id = (SELECT id FROM reaction.outbox ORDER BY id DESC LIMIT 1) RETURNING id`,
    );
    const { status, body } = await (await admin()).get(`/v1/admin/events/${row?.id}`);
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        type: 'reaction.boosted.v1',
        producer: 'reaction',
        event: expect.objectContaining({ type: 'reaction.boosted.v1', data: { boost: 3 } }),
        unknown: [],
      }),
    ]);
    for (const consumer of ['notification', 'analytics', 'user'])
      expect(chapter(body, consumer)).toMatchObject({ state: 'done', told: null });
    // A consumer that is older than who asks tells its part all the same.
    const grpc = new GrpcCaller(beckon.grpcAddress, await beckon.tokenOf('operator', 'admin'));
    const event = JSON.stringify(body.event);
    const request = { app: 'notification', eventId: row?.id ?? '', event };
    const story = await grpc.call(AdminServiceClient, (client) => client.getEventStory, request);
    grpc.close();
    expect(story).toMatchObject({ consumed: { status: 'done', told: undefined } });
  });

  it('tells the state of queues and deliveries', async () => {
    const { status, body } = await (await admin()).get('/v1/admin/queues');
    expect(status).toBe(200);
    expect(body.queues.map((queue: { name: string }) => queue.name)).toEqual([
      'notification.fanout',
      'analytics.count',
      'user.activity',
    ]);
    for (const queue of body.queues)
      expect(queue).toMatchObject({ reachable: true, waiting: 0, deadLetters: 0 });
  });

  it('knows no letter and no event that never was', async () => {
    const id = '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11';
    expect((await (await admin()).get(`/v1/admin/dead-letters/user.${id}`)).body.code).toBe(
      'DEAD_LETTER_NOT_FOUND',
    );
    expect((await (await admin()).get(`/v1/admin/dead-letters/nobody.${id}`)).status).toBe(400);
    expect((await (await admin()).get(`/v1/admin/events/${id}`)).body.code).toBe('EVENT_NOT_FOUND');
  });
});

function chapter(story: { consumers: { consumer: string }[] }, consumer: string) {
  return story.consumers.find((entry) => entry.consumer === consumer);
}
