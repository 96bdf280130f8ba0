import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

import { Beckon } from '#testkit/beckon.js';
import { Person, scene } from '#testkit/person.js';
import { inboxDifferences } from '#testkit/recount.js';
import { until } from '#testkit/until.js';

const FOLLOWERS = 3_000;
const BATCH = 1_000;
/** As pace.ts and fan-out.repository.ts have them. */
const LONGEST_REST_MS = 100;
const LEASE_SECONDS = 15;

/** Followers are told by id, so that the last of them are told last. */
const idOf = (index: number) => `f${String(index).padStart(4, '0')}`;
const ids = Array.from({ length: FOLLOWERS }, (_, index) => idOf(index));

describe('a post to 3,000 followers', () => {
  let beckon: Beckon;
  let star: Person;
  let posts = 0;
  let first: string;

  beforeAll(async () => {
    beckon = await Beckon.start();
    ({ star } = await scene(beckon, 'star'));
    const service = await beckon.asService();
    for (let start = 0; start < FOLLOWERS; start += BATCH) {
      const batch = ids.slice(start, start + BATCH);
      await beckon.people(...batch);
      const follows = batch.map((follower) => ({ follower, followee: star.id }));
      expect((await service.post('/v1/batch/follows', { follows })).status).toBe(200);
    }
    await beckon.drain();
  });
  afterEach(async () => {
    expect(await inboxDifferences(beckon.database)).toEqual([]);
  });
  afterAll(() => beckon?.stop());

  const person = async (id: string) => new Person(id, id, await beckon.as(id));

  /** How many are told of a post, and how often. */
  const toldOf = (postId: string) =>
    beckon.database.query<{ people: number; members: number }>(
      `SELECT count(DISTINCT recipient_id)::int AS people, count(*)::int AS members
       FROM notification.member WHERE act_id = 'post:' || $1 AND active AND hidden = 0`,
      [postId],
    );
  const badges = () =>
    beckon.database.query<{ unread: number; people: number }>(
      `SELECT unread, count(*)::int AS people FROM notification.inbox_state
       WHERE recipient_id LIKE 'f____' GROUP BY unread ORDER BY unread`,
    );
  const partsOpen = async () =>
    (
      await beckon.database.query<{ after_key: string }>(
        'SELECT after_key FROM notification.fan_out WHERE done_at IS NULL',
      )
    ).map(({ after_key }) => after_key);

  /** Rows and index entries read by now; processes report theirs about once a second. */
  const rowsRead = async () => {
    const [row] = await beckon.database.query<{ rows: number }>(
      `SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = ANY($1))::int
        + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = ANY($1))::int AS rows`,
      [['follow', 'inbox_state', 'inbox_group', 'member', 'relation']],
    );
    return row?.rows ?? 0;
  };

  /**
   * Publishes a post and holds its fan-out in the middle, by the lock of one follower's inbox, while `meanwhile` runs.
   */
  async function holdingFanOut(meanwhile: (postId: string) => Promise<void>): Promise<string> {
    const blocker = new pg.Client({ connectionString: beckon.database.url });
    await blocker.connect();
    try {
      await blocker.query('BEGIN');
      const { rowCount } = await blocker.query(
        'SELECT 1 FROM notification.inbox_state WHERE recipient_id = $1 FOR UPDATE',
        [idOf(1_500)],
      );
      expect(rowCount).toBe(1);
      const post = await star.post(`Number ${++posts}`);
      // 50 are told at once and 150 by each chunk; this is the last one before the chunk that is held.
      while (!(await partsOpen()).includes(idOf(1_399))) await setTimeout(10);
      await meanwhile(post);
      await blocker.query('COMMIT');
      return post;
    } finally {
      await blocker.end();
    }
  }

  it('reads rows in proportion to those it tells, though its statements were planned while there was little', async () => {
    // As PostgreSQL itself does, sooner or later; from here on it takes the tables for tiny.
    await beckon.database.query('ANALYZE');
    const before = await rowsRead();
    first = await star.post(`Number ${++posts}`);
    await beckon.drain();
    let read = 0;
    // A process that has told of one part of it tells of the rest a second later.
    for (let last = -1; read !== last || read < FOLLOWERS; await setTimeout(1_100)) {
      last = read;
      read = (await rowsRead()) - before;
    }
    // A few of each table for everybody told. One table that is read for each chunk would be ten times as many.
    expect(read).toBeGreaterThan(FOLLOWERS);
    expect(read).toBeLessThan(10 * FOLLOWERS);
  });

  it('tells each of them once, with a badge of 1, and the author nothing', async () => {
    expect(await toldOf(first)).toEqual([{ people: FOLLOWERS, members: FOLLOWERS }]);
    expect(await badges()).toEqual([{ unread: 1, people: FOLLOWERS }]);
    expect(await star.inbox()).toEqual([]);
    for (const id of [idOf(0), idOf(49), idOf(50), idOf(199), idOf(200), idOf(2_999)]) {
      const follower = await person(id);
      expect(await follower.onlyGroup()).toMatchObject({
        type: 'post',
        actorIds: [star.id],
        subject: { id: first },
      });
      expect(await follower.badge()).toMatchObject({ unread: 1, unseen: 1 });
    }
  });

  /** Whether somebody waits for an act in order to change it. */
  const removalWaits = async () =>
    (
      await beckon.database.query(
        `SELECT 1 FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM act %FOR UPDATE'`,
      )
    ).length > 0;

  it('tells nobody of a post that is removed in the middle of it, and ends there', async () => {
    const post = await holdingFanOut(async (id) => {
      await star.removePost(id);
      await until(async () => (await removalWaits()) || (await partsOpen()).length === 0);
    });
    await beckon.drain();
    expect(await toldOf(post)).toEqual([{ people: 0, members: 0 }]);
    expect(await badges()).toEqual([{ unread: 1, people: FOLLOWERS }]);
    // The removal comes before the chunk that was held or waits for it, and few if any come between.
    const [fanOut] = await beckon.database.query<{ after_key: string }>(
      `SELECT after_key FROM notification.fan_out WHERE part = 'followers' ORDER BY event_id DESC LIMIT 1`,
    );
    expect([idOf(1_399), idOf(1_549), idOf(1_699)]).toContain(fanOut?.after_key);
    expect(await (await person(idOf(10))).onlyGroup()).toMatchObject({
      title: expect.stringMatching(/a post$/),
    });
  });

  it('does not tell who follows only since, and does not lose who leaves or comes', async () => {
    const { zoe } = await scene(beckon, 'zoe');
    const leaver = await person(idOf(2_500));
    const post = await holdingFanOut(async () => {
      await zoe.follow(star);
      await leaver.unfollow(star);
    });
    await beckon.drain();
    expect(await zoe.inbox()).toEqual([]);
    await zoe.unfollow(star);
    expect(await toldOf(post)).toEqual([{ people: FOLLOWERS - 1, members: FOLLOWERS - 1 }]);
    await leaver.follow(star);
    await beckon.drain();
    expect(await toldOf(post)).toEqual([{ people: FOLLOWERS - 1, members: FOLLOWERS - 1 }]);
  });

  it('takes it back from who unfollowed after being told, too, when it is removed', async () => {
    const leaver = await person(idOf(2_400));
    const post = await star.post(`Number ${++posts}`);
    await beckon.drain();
    await leaver.unfollow(star);
    await beckon.drain();
    const before = await leaver.badge();
    expect((await leaver.inbox())[0]).toMatchObject({ type: 'post', subject: { id: post } });
    await star.removePost(post);
    await beckon.drain();
    expect(await toldOf(post)).toEqual([{ people: 0, members: 0 }]);
    expect((await leaver.inbox()).filter(({ subject }) => subject.id === post)).toEqual([]);
    expect((await leaver.badge()).seq).toBeGreaterThan(before.seq);
    await leaver.follow(star);
    await beckon.drain();
  });

  it('hides it from who mutes in the middle of it, and shows it to who does not mute any more', async () => {
    const [early, late, lifted] = [
      await person(idOf(3)),
      await person(idOf(2_900)),
      await person(idOf(2_901)),
    ];
    await lifted.mute(star);
    const before = await early.badge();
    const post = await holdingFanOut(async () => {
      await early.mute(star);
      await late.mute(star);
      await lifted.unmute(star);
    });
    await beckon.drain();
    expect(await early.inbox()).toEqual([]);
    expect(await early.badge()).toMatchObject({ unread: 0, unseen: 0 });
    expect(await late.inbox()).toEqual([]);
    expect((await lifted.inbox())[0]).toMatchObject({ subject: { id: post } });
    await early.unmute(star);
    await late.unmute(star);
    for (const follower of [early, late])
      expect((await follower.inbox())[0]).toMatchObject({ type: 'post', subject: { id: post } });
    expect(await early.badge()).toMatchObject({ unread: before.unread });
  });

  it('tells who is mentioned in it as mentioned, wherever in the crowd they are', async () => {
    const last = await person(idOf(2_999));
    const post = await star.post(`Look, @${last.id} and @${idOf(0)}`);
    await beckon.drain();
    expect(await toldOf(post)).toEqual([{ people: FOLLOWERS, members: FOLLOWERS }]);
    for (const follower of [last, await person(idOf(0))])
      expect((await follower.inbox())[0]).toMatchObject({ type: 'mention', subject: { id: post } });
  });

  /** Holds the inbox of one follower, so that whoever tells it waits. The answer lets go, and says when. */
  async function holdInbox(id: string): Promise<() => Promise<Date | undefined>> {
    const blocker = new pg.Client({ connectionString: beckon.database.url });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM notification.inbox_state WHERE recipient_id = $1 FOR UPDATE', [id]);
    return async () => {
      const { rows } = await blocker.query<{ now: Date }>('SELECT clock_timestamp() AS now');
      await blocker.query('COMMIT');
      await blocker.end();
      return rows[0]?.now;
    };
  }

  /** When the attempt began at the chunk after this follower; undefined unless it has waited for an inbox so long. */
  const waitingAfter = async (id: string, ms = 0) =>
    (
      await beckon.database.query<{ since: Date }>(
        `SELECT leased_until - make_interval(secs => $3) AS since FROM notification.fan_out
         WHERE after_key = $1 AND done_at IS NULL AND EXISTS (
           SELECT 1 FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'
             AND clock_timestamp() - query_start > make_interval(secs => $2::float / 1000))`,
        [id, ms, LEASE_SECONDS],
      )
    )[0]?.since;

  it('rests after a chunk, so that others have half of the time', async () => {
    const rests: number[] = [];
    // Another loop may look for work just between a chunk's end and the rest; hardly three times.
    for (let round = 0; round < 3; round++) {
      const inFirst = await holdInbox(idOf(100));
      const inSecond = await holdInbox(idOf(300));
      await star.post(`Number ${++posts}`);
      // Longer than any rest, so that the longest follows.
      await until(async () => (await waitingAfter(idOf(49), 200)) !== undefined);
      const ended = await inFirst();
      await until(async () => (await waitingAfter(idOf(199))) !== undefined);
      rests.push(Number(await waitingAfter(idOf(199))) - Number(ended));
      await inSecond();
      await beckon.drain();
    }
    // On a slow machine it is longer, and never shorter.
    expect(Math.max(...rests)).toBeGreaterThanOrEqual(LONGEST_REST_MS - 5);
  });
});
