import pg from 'pg';

import { freePort } from '#testkit/app-process.js';
import { BeckonServices, processNames, type ProcessName } from '#testkit/beckon-services.js';
import { fromTestRun } from '#testkit/environment.js';
import { deadLetters, toldOfReactions } from '#testkit/inbox-reading.js';
import { insist } from '#testkit/insist.js';
import { publish } from '#testkit/publish.js';
import { inboxDifferences } from '#testkit/recount.js';
import { Runbook } from '#testkit/runbook.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { findTools, Terminal } from '#testkit/terminal.js';
import { until } from '#testkit/until.js';

const tools = findTools();
/** Eight processes are started, on a machine that may be busy. */
const HOOK_MS = 240_000;
const PLACE_OF_NOBODY = 1_000_000;

(tools.missing === undefined ? describe : describe.skip)('the runbook slow-or-away', () => {
  /** Between all processes and PostgreSQL. */
  let postgres: TcpProxy;
  let beckon: BeckonServices;
  let terminal: Terminal;
  let page: Runbook;

  beforeAll(async () => {
    const { hostname: host, port } = new URL(fromTestRun('TEST_DATABASE_ADMIN_URL'));
    postgres = await TcpProxy.start(await freePort(), { host, port: Number(port) });
    beckon = await BeckonServices.start({ databasePort: postgres.port });
    const seen = new URL(beckon.database.url);
    seen.port = String(postgres.port);
    terminal = await Terminal.open(
      beckon,
      tools,
      {
        BECKON_PROCESSES: processNames.map((name) => beckon.directUrl(name)).join(' '),
        DATABASE_URL: seen.href,
      },
      async (name) => {
        await beckon.endOne(name as ProcessName, 0, 'SIGKILL');
        await beckon.runOne(name as ProcessName);
      },
    );
    await beckon.people('ana', 'ben', 'cy', 'dan');
    await publish(beckon, 'ana', ['p1']);
    await beckon.drain();
  }, HOOK_MS);
  afterEach(async () => {
    await page?.close();
    // What stands still does not hear that it is to end.
    beckon.thawOne('post');
  });
  afterAll(async () => {
    await terminal?.close();
    await beckon?.stop();
    await postgres?.stop();
  }, HOOK_MS);

  const open = (env: Readonly<Record<string, string>> = {}) =>
    (page = Runbook.open('slow-or-away', { ...terminal.env, ...env }));
  const react = async (actor: string) =>
    (await beckon.as(actor)).post('/v1/posts/p1/reactions', { type: 'like' });
  const insistOn = (actor: string) => insist(() => react(actor));
  const connectionsOf = (application: string) =>
    beckon.database.query<{ waits: string | null; ms: number }>(
      `SELECT wait_event_type AS waits, 1000 * extract(epoch FROM now() - query_start)::float AS ms
      FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`,
      [application],
    );
  /** What a command printed of one process. */
  const lineOf = (name: ProcessName, printed: string) =>
    printed
      .split('\n')
      .filter((line) => line.startsWith(`${beckon.directUrl(name)} `))
      .map((line) => line.slice(beckon.directUrl(name).length + 1));

  it('who hangs, and who asks it no more, is found; restarted, it is asked again', async () => {
    await insistOn('ben');
    beckon.freezeOne('post');
    const isOpen = async () => {
      const metrics = await (await fetch(`${beckon.directUrl('reaction')}/metrics`)).text();
      return metrics.includes('beckon_grpc_breaker_open{service="post"} 1\n');
    };
    await until(async () => {
      if (await isOpen()) return true;
      await react('cy');
      return false;
    });
    expect((await (await beckon.as('ana')).get('/v1/notifications')).status).toBe(200);

    open({ PROCESS: 'post' });
    const answers = await page.next('Which one?');
    expect(lineOf('post', answers)).toEqual([expect.stringMatching(/^000 Operation timed out/)]);
    expect(lineOf('reaction', answers)).toEqual([expect.stringMatching(/^200/)]);
    const without = await page.next('Which one?');
    expect(lineOf('reaction', without)).toContain('"grpc.post":{"status":"degraded"');
    expect(lineOf('gateway', without)).toContain('"http.post":{"status":"degraded"');
    expect(lineOf('reaction', await page.next('A service is asked no more'))).toEqual([
      'beckon_grpc_breaker_open{service="post"} 1',
    ]);

    await page.next('A process does not answer');
    await until(async () => !(await isOpen()));
    await insistOn('cy');
    expect(page.left[0]).toBe('PostgreSQL is away');
  }, 120_000);

  it('that PostgreSQL is away is seen, and streams stay open; nothing is restarted', async () => {
    const stream = await beckon.stream('ana');
    await postgres.cut();

    open();
    const answers = await page.next('Which one?');
    for (const name of processNames)
      expect([name, lineOf(name, answers)]).toEqual([
        name,
        [expect.stringMatching(name === 'gateway' ? /^200/ : /^503/)],
      ]);
    expect(lineOf('reaction', await page.next('Which one?'))).toContain(
      '"postgres.reaction":{"status":"down"',
    );
    page.skipTo('PostgreSQL is away');
    expect(await page.next('PostgreSQL is away')).toContain('refused');
    const isBack = page.next('PostgreSQL is away');
    await postgres.restore();
    await isBack;
    await until(async () => (await connectionsOf('beckon-reaction')).length > 0);
    expect(await page.next('PostgreSQL is away')).toMatch(/\| beckon-reaction +\|/);
    expect(page.left[0]).toBe('POSTs are slow');

    await insistOn('dan');
    await stream.waitFor(({ event, data }) => event === 'group' && data.group.actorCount === 3, 60_000);
    await stream.close();
  }, 120_000);

  it('who holds POSTs up in PostgreSQL is found and ended', async () => {
    const report = new pg.Client({ connectionString: beckon.database.url, application_name: 'report' });
    report.on('error', () => undefined);
    await report.connect();
    const [{ pid }] = (await report.query('SELECT pg_backend_pid() AS pid')).rows as [{ pid: number }];
    await report.query('BEGIN; LOCK TABLE reaction.reaction IN ACCESS EXCLUSIVE MODE');
    const ended = expect(report.query('SELECT pg_sleep(600)')).rejects.toThrow(/terminat/);
    const reacting = insistOn('ana');
    await until(async () =>
      (await connectionsOf('beckon-reaction')).some(({ waits, ms }) => waits === 'Lock' && ms > 200),
    );

    open({ PID: String(pid) });
    page.skipTo('POSTs are slow');
    expect(lineOf('reaction', await page.next('POSTs are slow'))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^nodejs_eventloop_lag_p99_seconds \S+$/),
        expect.stringMatching(/^beckon_database_connections\{service="reaction",state="waiting"\} \d+$/),
      ]),
    );
    const statements = await page.next('POSTs are slow');
    expect(statements).toMatch(new RegExp(String.raw`^ +${pid} \| report +\| active .*pg_sleep`, 'm'));
    expect(statements).toMatch(new RegExp(String.raw`\| beckon-reaction +\| .*\| Lock .*\{${pid}\}`));
    await page.next('POSTs are slow');
    await ended;
    await reacting;
    expect(await page.next('POSTs are slow')).toContain('n_dead_tup');
    expect(page.left[0]).toBe('Streams lost their place');
    await report.end().catch(() => undefined);
  }, 120_000);

  it('streams that lost their place are counted, and in the end all is told, once', async () => {
    const stream = await beckon.stream('ana', PLACE_OF_NOBODY);
    await stream.waitFor(({ event }) => event === 'reset');
    await stream.close();

    open();
    page.skipTo('Streams lost their place');
    const counted = lineOf('notification-api', await page.next('Streams lost their place'));
    expect(counted).toContain('beckon_stream_events_total{event="reset"} 1');
    await page.next('Is it over?');
    expect(page.left).toEqual([]);
    expect((await toldOfReactions(beckon, ['ana']))['p1']?.actors).toEqual([
      'ben like',
      'cy like',
      'dan like',
    ]);
    expect(await inboxDifferences(beckon.database)).toEqual([]);
    expect(await deadLetters(beckon)).toEqual([]);
  }, 120_000);
});
