import { readFileSync } from 'node:fs';

import { catalogue, producers } from '#contracts/catalogue.js';
import { type EventType, eventData, parseEvent } from '#contracts/events.js';
import { Beckon } from '#testkit/beckon.js';
import { asAdmin, openDatabase, type TestDatabase } from '#testkit/database.js';
import { scene } from '#testkit/person.js';
import { Runbook } from '#testkit/runbook.js';

interface OutboxRow {
  readonly producer: string;
  readonly id: string;
  readonly aggregatetype: string;
  readonly aggregateid: string;
  readonly type: EventType;
  readonly payload: Record<string, unknown> & { data: Record<string, unknown> };
}

const PAGE = 'docs/events.md';
const page = readFileSync(PAGE, 'utf8');
/** Roles are the server's, and may be wanted by two at once. */
const ROLE = `beckon_events_${process.pid}`;
const PASSWORD = 'a-password-of-the-tests-for-who-reads-events';
const outboxes = [...new Set(Object.values(producers))];

/** What the first column of the page's tables has under a heading. */
const namedUnder = (heading: string) => {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
};

describe('events, as docs/events.md tells of them to who is outside', () => {
  let beckon: Beckon;
  let reader: TestDatabase;
  let rows: OutboxRow[];

  beforeAll(async () => {
    beckon = await Beckon.start();
    const url = new URL(beckon.database.url);
    url.username = ROLE;
    url.password = PASSWORD;
    reader = openDatabase(url.href, async () => undefined);

    const { ana, ben } = await scene(beckon, 'ana', 'ben');
    await ben.follow(ana);
    await ben.unfollow(ana);
    const post = await ana.post(`Hello @${ben.id}`);
    const comment = await ben.comment(post, 'Nice');
    await ana.comment(post, 'Thanks', comment);
    await ben.edit(comment, `Nice, @${ana.id}`);
    await ben.thread(post, 'mute');
    await ben.react(`posts/${post}`, 'like');
    await ben.react(`posts/${post}`, 'love');
    await ben.unreact(`posts/${post}`);
    await ben.react(`posts/${post}`, 'wow');
    await ana.removeComment(comment);
    await ana.removePost(post);
  });
  afterAll(async () => {
    await reader?.drop();
    if (beckon === undefined) return;
    await asAdmin(beckon.database.url, `DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`);
    await beckon.stop();
  });

  it('are read by the commands of the page', async () => {
    const { url } = beckon.database;
    const withRole = new URL(url);
    withRole.username = ROLE;
    withRole.password = PASSWORD;
    const opened = Runbook.read(PAGE, {
      env: { DATABASE_URL: url, EVENTS_PASSWORD: PASSWORD, EVENTS_URL: withRole.href },
      edit: (markdown) => markdown.replaceAll('beckon_events', ROLE),
    });
    try {
      await opened.next('The outbox');
      const read = (await opened.next('Ask with SQL')).trim().split('\n');
      const types = read.map((line) => parseEvent(JSON.parse(line)).type);
      expect(types).toEqual([
        'reaction.added.v1',
        'reaction.changed.v1',
        'reaction.removed.v1',
        'reaction.added.v1',
      ]);
      await opened.next('Read the log with Debezium');
      expect(opened.left).toEqual([]);
    } finally {
      await opened.close();
    }
    const published = await beckon.database.query(
      `SELECT schemaname FROM pg_publication_tables WHERE pubname = $1 AND tablename = 'outbox' ORDER BY 1`,
      [ROLE],
    );
    expect(published.map(({ schemaname }) => schemaname)).toEqual(outboxes.toSorted());
  });

  it('are all there is to read for that role', async () => {
    const tables = await reader.query<{ name: string; may: boolean }>(
      `SELECT format('%s.%s', n.nspname, c.relname) AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
         AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
       ORDER BY 1`,
    );
    expect(tables.map(({ name }) => name)).toEqual(outboxes.map((schema) => `${schema}.outbox`).toSorted());
    rows = (
      await Promise.all(
        outboxes.map((producer) =>
          reader.query<OutboxRow>(
            `SELECT '${producer}' AS producer, * FROM "${producer}".outbox ORDER BY id`,
          ),
        ),
      )
    ).flat();
  });

  it('stand in columns that are those of the page', async () => {
    const columns = namedUnder('The outbox');
    expect(columns.length).toBeGreaterThan(5);
    for (const row of rows) expect(['producer', ...columns].toSorted()).toEqual(Object.keys(row).toSorted());
    const [, kinds = ''] = /^\| `aggregatetype` \| `text` \| (.*) \|$/m.exec(page) ?? [];
    const told = [...kinds.matchAll(/`(\w+)`/g)].map(([, kind = '']) => kind);
    expect(told.toSorted()).toEqual([...new Set(rows.map((row) => row.aggregatetype))].toSorted());
  });

  it('are those of the catalogue, each in the outbox of its producer, with the fields that it is said to have', () => {
    expect(new Set(rows.map(({ type }) => type))).toEqual(new Set(Object.keys(catalogue)));
    const attributes = namedUnder('Envelope');
    for (const { producer, id, aggregateid, type, payload } of rows) {
      expect([type, producer]).toEqual([type, producers[type]]);
      const { data, ...envelope } = payload;
      expect(envelope).toMatchObject({ id, type, subject: aggregateid, source: `/beckon/${producer}` });
      expect(Object.keys(payload).filter((name) => !attributes.includes(name))).toEqual([]);
      expect([type, Object.keys(data).toSorted()]).toEqual([
        type,
        Object.keys(eventData[type].shape).toSorted(),
      ]);
    }
  });

  it('are of versions that follow each other, for each thing', () => {
    const versions = new Map<string, unknown[]>();
    for (const { aggregatetype, aggregateid, payload } of rows) {
      const thing = `${aggregatetype} ${aggregateid}`;
      versions.set(thing, [...(versions.get(thing) ?? []), payload.data['version']]);
    }
    expect([...versions.values()].map(({ length }) => length)).toContain(4);
    for (const [thing, seen] of versions)
      expect([thing, seen]).toEqual([thing, seen.map((_, index) => index + 1)]);
  });
});
