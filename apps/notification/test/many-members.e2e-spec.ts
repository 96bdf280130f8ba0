import { Beckon } from '#testkit/beckon.js';
import { type Person, scene } from '#testkit/person.js';
import { inboxDifferences } from '#testkit/recount.js';
import { until } from '#testkit/until.js';

const MANY = 10_000;

describe('among very many members', () => {
  let beckon: Beckon;
  const readers: string[] = [];

  beforeAll(async () => {
    beckon = await Beckon.start();
  });
  afterAll(() => beckon?.stop());

  /** Members read by now; connections tell of theirs about once a second. */
  const membersRead = async () =>
    (
      await beckon.database.query<{ rows: number }>(
        `SELECT sum(idx_tup_read)::int AS rows FROM pg_stat_user_indexes
         WHERE schemaname = 'notification' AND relname = 'member'`,
      )
    )[0]?.rows ?? 0;

  /** Does something until it is known what was read for it, and answers how much that was. */
  async function readBy(work: () => Promise<unknown>): Promise<number> {
    const before = await membersRead();
    await until(async () => {
      await work();
      return (await membersRead()) > before;
    });
    return (await membersRead()) - before;
  }

  /** Multiplies the one member of a person's only group. @param unlike SQL: what the copies, each with its `n`, have */
  async function multiply(person: Person, unlike: string, group: string): Promise<void> {
    const { id } = await person.onlyGroup();
    // Planned for what there is, as PostgreSQL itself does sooner or later.
    await beckon.database.query(`
      UPDATE notification.inbox_state SET seq = seq + ${MANY} WHERE recipient_id = '${person.id}';
      UPDATE notification.member SET activity_seq = activity_seq + ${MANY} WHERE group_id = '${id}';
      INSERT INTO notification.member
        SELECT (jsonb_populate_record(member, jsonb_build_object('activity_seq', activity_seq - n, ${unlike}))).*
        FROM notification.member, generate_series(1, ${MANY}) AS n WHERE group_id = '${id}';
      UPDATE notification.inbox_group SET activity_seq = activity_seq + ${MANY}, act_count = act_count + ${MANY}, ${group}
        WHERE id = '${id}';
      ANALYZE notification.member`);
    readers.push(person.id);
  }

  it('a page of the actors of a reaction reads what it shows', async () => {
    const { ana, ben } = await scene(beckon, 'ana', 'ben');
    await ben.react(`posts/${await ana.post()}`);
    await beckon.drain();
    await multiply(
      ana,
      `'act_id', 'reaction:many-' || n, 'actor_id', 'many-' || n`,
      `actor_count = actor_count + ${MANY}, reactions = '{"like": ${MANY + 1}}',
        actor_ids = actor_ids || '{many-1,many-2}'`,
    );
    const { id } = await ana.onlyGroup();
    const pageOf = async (cursor: string) => {
      const { body } = await ana.api.get(`/v1/notifications/${id}/actors?limit=20${cursor}`);
      return {
        ids: body.actors.map(({ userId }: { userId: string }) => userId),
        next: `&cursor=${body.page.next}`,
      };
    };
    const first = await pageOf('');
    const second = await pageOf(first.next);
    const inOrder = Array.from({ length: 39 }, (_, index) => `many-${index + 1}`);
    expect([...first.ids, ...second.ids]).toEqual([ben.id, ...inOrder]);
    expect(await readBy(() => pageOf(first.next))).toBeLessThan(MANY);
  });

  it('a comment of who wrote all of them reads a few', async () => {
    const { ana, ben } = await scene(beckon, 'ana', 'ben');
    const post = await ana.post();
    await ben.comment(post);
    await beckon.drain();
    await multiply(ana, `'act_id', 'comment:many-' || n`, `actor_ids = actor_ids`);
    const read = await readBy(async () => {
      await ben.comment(post);
      await beckon.drain();
    });
    expect(read).toBeLessThan(MANY);
    expect(await ana.onlyGroup()).toMatchObject({ actorCount: 1, actorIds: [ben.id] });
  });

  it('an edit of a comment that all were told of reads who is mentioned', async () => {
    const { ana, ben, cy } = await scene(beckon, 'ana', 'ben', 'cy');
    const comment = await ben.comment(await ana.post(), `Look, @${cy.id}`);
    await beckon.drain();
    await beckon.database.query(`
      INSERT INTO notification.member
        SELECT (jsonb_populate_record(member, jsonb_build_object('recipient_id', 'many-' || n, 'reasons', 2))).*
        FROM notification.member, generate_series(1, ${MANY}) AS n
        WHERE act_id = 'comment:${comment}' AND recipient_id = '${cy.id}';
      ANALYZE notification.member`);
    expect((await cy.onlyGroup()).type).toBe('mention');
    let edits = 0;
    const read = await readBy(async () => {
      await ben.edit(comment, `Look again: ${++edits}`);
      await beckon.drain();
    });
    expect(read).toBeLessThan(MANY);
    expect(await cy.inbox()).toEqual([]);
  });

  // At the end: it reads all of them.
  it('the inboxes are what a recount makes of them', async () => {
    expect(readers).toHaveLength(2);
    expect(await inboxDifferences(beckon.database, readers)).toEqual([]);
  });
});
