import { Beckon } from '#testkit/beckon.js';
import { deadLetters } from '#testkit/inbox-reading.js';
import { Operator } from '#testkit/operator.js';
import { Person } from '#testkit/person.js';
import { inboxDifferences } from '#testkit/recount.js';
import { Revival } from '#testkit/revival.js';
import { until } from '#testkit/until.js';

/** 50 are told at once, the others by three chunks of 150 at most. */
const FOLLOWERS = 400;
const ids = Array.from({ length: FOLLOWERS }, (_, index) => `f${String(index).padStart(4, '0')}`);
const FIRST_CHUNK = 200;

describe('a fan-out that fails', () => {
  let beckon: Beckon;
  let operator: Operator;
  let star: Person;

  beforeAll(async () => {
    beckon = await Beckon.start({
      // What is armed here is armed again after each restart.
      faults: [
        { at: 'chunk', does: 'throw', about: '"postId":"throws"', after: 1 },
        { at: 'chunk', does: 'kill', about: '"postId":"kills"' },
      ],
    });
    operator = await Operator.of(beckon);
    await beckon.people('star', ...ids);
    const follows = ids.map((follower) => ({ follower, followee: 'star' }));
    expect((await (await beckon.asService()).post('/v1/batch/follows', { follows })).status).toBe(200);
    star = new Person('star', 'star', await beckon.as('star'));
  });
  afterEach(async () => {
    expect(await inboxDifferences(beckon.database)).toEqual([]);
  });
  afterAll(() => beckon?.stop());

  const publish = async (id: string) =>
    expect((await star.api.post('/v1/posts', { id, body: `It ${id}` })).status).toBe(201);
  /** How many are told of a post, and how often. */
  const toldOf = async (postId: string) =>
    (
      await beckon.database.query<{ people: number; members: number }>(
        `SELECT count(DISTINCT recipient_id)::int AS people, count(*)::int AS members
         FROM notification.member WHERE act_id = 'post:' || $1 AND active AND hidden = 0`,
        [postId],
      )
    )[0];
  const everybody = { people: FOLLOWERS, members: FOLLOWERS };
  /** A worker that died is relieved when its lease ends; this ends all leases. */
  const endLeases = () =>
    beckon.database.query(`UPDATE notification.fan_out SET leased_until = now() WHERE leased_until > now()`);

  it('by an error of its own becomes one dead letter and holds up nobody; redriven, it goes on where it stopped', async () => {
    await publish('throws');
    await publish('passes');
    await until(async () => (await toldOf('passes'))?.members === FOLLOWERS);
    await until(async () => (await operator.letters()).length === 1, 60_000);
    const [letter] = await operator.letters();
    expect(letter).toMatchObject({
      queue: 'notification.fanout',
      type: 'post.published.v1',
      attempts: 5,
      pending: false,
      error: `told followers up to ${ids[FIRST_CHUNK - 1]}, then: Error: fault at chunk`,
    });
    expect(await toldOf('throws')).toEqual({ people: FIRST_CHUNK, members: FIRST_CHUNK });
    // Nothing of it is open: given up is settled, until somebody redrives it.
    await beckon.drain();

    beckon.arm();
    expect(await operator.redrive(letter!)).toBe(202);
    await until(async () => (await operator.letters()).length === 0);
    await beckon.drain();
    expect(await toldOf('throws')).toEqual(everybody);
    expect(await operator.redrive(letter!)).toBe(404);
    expect(await toldOf('passes')).toEqual(everybody);
  }, 90_000);

  it('and cannot be given up at first, says in the end what was wrong with it', async () => {
    beckon.arm({ at: 'chunk', does: 'throw', about: '"postId":"unburied"' });
    await beckon.database.query(
      `ALTER TABLE notification.dead_letter ADD CONSTRAINT full_up CHECK (error NOT LIKE 'told %') NOT VALID`,
    );
    await publish('unburied');
    const part = async () =>
      (
        await beckon.database.query<{ attempts: number; error: string }>(
          `SELECT attempts, error FROM notification.fan_out WHERE event->'data'->>'postId' = 'unburied'`,
        )
      )[0];
    await until(async () => (await part())?.attempts === 5, 60_000);
    await until(async () => (await part())?.error === 'Error: fault at chunk', 30_000);
    await beckon.database.query('ALTER TABLE notification.dead_letter DROP CONSTRAINT full_up');
    await until(async () => (await operator.letters()).length === 1, 60_000);
    const [letter] = await operator.letters();
    expect(letter).toMatchObject({ attempts: 5, error: expect.stringContaining('Error: fault at chunk') });
    beckon.arm();
    expect(await operator.redrive(letter!)).toBe(202);
    await until(async () => (await operator.letters()).length === 0);
    await beckon.drain();
    expect(await toldOf('unburied')).toEqual(everybody);
  }, 150_000);

  it('by outages, however many, is told in the end and no attempt is counted', async () => {
    beckon.arm({ at: 'chunk', does: 'outage', about: '"postId":"unlucky"', times: 6 });
    await publish('unlucky');
    await beckon.drain(60_000);
    expect(await toldOf('unlucky')).toEqual(everybody);
    expect(await deadLetters(beckon)).toEqual([]);
    const parts = await beckon.database.query(
      `SELECT attempts, error FROM notification.fan_out WHERE event->'data'->>'postId' = 'unlucky'`,
    );
    expect(parts).toEqual([{ attempts: 0, error: null }]);
  }, 90_000);

  it('of which a chunk takes longer than a lease is left to its worker, and told', async () => {
    beckon.arm({ at: 'chunk', does: 'hang', about: '"postId":"slow"', times: 1 });
    await publish('slow');
    const part = async () =>
      (
        await beckon.database.query<{ attempts: number; leasedUntil: Date }>(
          `SELECT attempts, leased_until AS "leasedUntil" FROM notification.fan_out
           WHERE event->'data'->>'postId' = 'slow'`,
        )
      )[0];
    await until(async () => (await part())?.attempts === 1, 30_000);
    const leasedUntil = Number((await part())?.leasedUntil);
    await until(async () => Number((await part())?.leasedUntil) > leasedUntil + 15_000, 60_000);
    expect(await part()).toMatchObject({ attempts: 1 });
    await beckon.end('SIGKILL');
    await endLeases();
    await beckon.run();
    await beckon.drain(60_000);
    expect(await toldOf('slow')).toEqual(everybody);
    expect(await part()).toMatchObject({ attempts: 0 });
  }, 120_000);

  it.each(['chunk', 'checkpoint'] as const)(
    'with its process, at its %s, goes on in the next one and tells each once',
    async (at) => {
      beckon.arm({ at, does: 'kill', about: `"postId":"dies-at-${at}"` });
      await publish(`dies-at-${at}`);
      await beckon.ended;
      await endLeases();
      await beckon.run();
      await beckon.drain(60_000);
      expect(await toldOf(`dies-at-${at}`)).toEqual(everybody);
      expect(await deadLetters(beckon)).toEqual([]);
    },
    90_000,
  );

  it('and ends its process each time becomes one dead letter; what ran beside it is told', async () => {
    // By now nothing is armed any more but what was armed at the start.
    const revival = new Revival(beckon, async () => {
      await endLeases();
      await beckon.run().catch(() => undefined);
    });
    await publish('kills');
    const beside = ['beside-1', 'beside-2', 'beside-3'];
    // Answers are lost with the process; what is sent again under the same id is the same post.
    for (const id of beside)
      await until(async () => {
        const answer = await star.api.post('/v1/posts', { id, body: 'Beside' }).catch(() => undefined);
        return answer?.status === 201 || answer?.status === 409;
      }, 30_000);
    await until(async () => (await deadLetters(beckon)).length > 0, 90_000);
    await revival.stop();
    await beckon.drain(60_000);
    expect(await operator.letters()).toMatchObject([
      {
        type: 'post.published.v1',
        attempts: 5,
        error: `told followers up to ${ids[49]}, then: its process ended while it was handled`,
      },
    ]);
    expect(revival.deaths).toBe(5);
    for (const id of beside) expect(await toldOf(id)).toEqual(everybody);
    expect(await toldOf('kills')).toEqual({ people: 50, members: 50 });
  }, 180_000);

  it('leaves no ghost when its post is removed before it is redriven', async () => {
    beckon.arm();
    const [letter] = await operator.letters();
    await star.removePost('kills');
    await beckon.drain();
    expect(await toldOf('kills')).toEqual({ people: 0, members: 0 });
    expect(await operator.redrive(letter!)).toBe(202);
    await until(async () => (await operator.letters()).length === 0);
    await beckon.drain();
    expect(await toldOf('kills')).toEqual({ people: 0, members: 0 });
  });

  it('and is discarded stays where it stopped, whatever of its event is given up and redriven later', async () => {
    beckon.arm({ at: 'chunk', does: 'throw', about: '"postId":"discarded"', after: 1 });
    await publish('discarded');
    await until(async () => (await operator.letters()).length === 1, 60_000);
    const [letter] = await operator.letters();
    const path = `/v1/admin/dead-letters/${letter?.id}`;
    expect((await operator.api.request('DELETE', path, { reason: 'too late' })).status).toBe(204);
    // A part that is done is one that no redrive of another part opens again.
    const parts = await beckon.database.query(
      `SELECT done_at IS NOT NULL AS done FROM notification.fan_out WHERE event->'data'->>'postId' = 'discarded'`,
    );
    expect(parts).toEqual([{ done: true }]);
    expect(await toldOf('discarded')).toEqual({ people: FIRST_CHUNK, members: FIRST_CHUNK });
  }, 90_000);
});
