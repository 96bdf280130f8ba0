import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { describeInBrowser } from '#testkit/browser.js';
import { insist } from '#testkit/insist.js';
import { blocksOf } from '#testkit/page-blocks.js';
import { type Person, scene } from '#testkit/person.js';
import { Runbook } from '#testkit/runbook.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { USER_SECRET } from '#testkit/tokens.js';
import { until } from '#testkit/until.js';

/** What the pages' commands use of a clone. */
const CLONE = ['examples', 'libs', 'scripts', 'dist', 'node_modules', 'package.json'];

/** In a page: every stream that it opens from now on. */
const KEEP_STREAMS = `
  globalThis.streams = [];
  globalThis.EventSource = class extends EventSource {
    constructor(url) {
      super(url);
      streams.push(this);
    }
  };
`;
const COME_BACK_TWICE = `
  for (let times = 0; times < 2; times++) document.dispatchEvent(new Event('visibilitychange'));
`;

// A page takes its reader minutes; on a busy machine the test too.
jest.setTimeout(180_000);

describe('documents for who uses Beckon', () => {
  let beckon: Beckon;
  /** Between the readers and Beckon, to be cut. */
  let line: TcpProxy;
  /** A clone in which `npm start` was run. */
  let clone: string;
  let site: string;
  /** Where traces go: nobody is there, unless a page says how to listen. */
  let collector: string;
  let page: Runbook | undefined;

  beforeAll(async () => {
    site = `localhost:${await freePort()}`;
    collector = String(await freePort());
    beckon = await Beckon.start({
      env: {
        CORS_ORIGINS: `http://${site}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector}`,
        OTEL_BSP_SCHEDULE_DELAY: '200',
      },
    });
    const { hostname: host, port } = new URL(beckon.url);
    line = await TcpProxy.start(await freePort(), { host, port: Number(port) });
    clone = await mkdtemp(join(tmpdir(), 'beckon-docs-'));
    for (const name of CLONE) await symlink(join(process.cwd(), name), join(clone, name));
    await mkdir(join(clone, '.beckon'));
    const secrets = JSON.stringify({ AUTH_HS256_SECRET: USER_SECRET });
    await writeFile(join(clone, '.beckon/secrets.json'), secrets);
    // On a busy machine a look-up may miss its deadline and be answered 503. A reader would try again.
    await writeFile(join(clone, '.curlrc'), 'retry = 8\n');
  });
  afterEach(async () => {
    await page?.close();
    await line.restore();
  });
  afterAll(async () => {
    await line?.stop();
    await beckon?.stop();
    await rm(clone, { recursive: true });
  });

  /** A page, as somebody reads it who has Beckon elsewhere. */
  function open(path: string): Runbook {
    const address = `127.0.0.1:${line.port}`;
    page = Runbook.read(path, {
      cwd: clone,
      env: { CURL_HOME: clone, SITE_PORT: new URL(`http://${site}`).port, BECKON_URL: `http://${address}` },
      edit: (markdown) =>
        markdown
          .replaceAll('localhost:3000', address)
          .replaceAll('localhost:8000', site)
          .replaceAll('localhost:50051', beckon.grpcAddress)
          .replaceAll('4318', collector)
          // What the page has run in another terminal.
          .replace(`"127.0.0.1")'\n`, `"127.0.0.1")' &\n`),
    });
    return page;
  }

  /** Runs what is left of a page. Its reader takes longer to read on than Beckon to tell. */
  async function readOn(): Promise<void> {
    for (let heading = page?.left[0]; heading !== undefined; heading = page?.left[0]) {
      await beckon.drain();
      await page?.next(heading);
    }
  }

  it('README.md: try it with curl', async () => {
    open('README.md').skipTo('Try it with curl');
    await readOn();
  });

  it('quick-start.md', async () => {
    await beckon.people('ana');
    open('docs/quick-start.md').skip('npm start');
    await readOn();
  });

  it.each(['rest.md', 'integrate.md'])('%s', async (name) => {
    open(`docs/${name}`);
    await readOn();
  });

  it('live-stream.md', async () => {
    const opened = open('docs/live-stream.md');
    while (opened.left[0] !== 'In a browser') {
      await beckon.drain();
      await opened.next(opened.left[0] ?? '');
    }
    opened.skip(startForSite());
    await readOn();
  });

  it('grpc.md', async () => {
    open('docs/grpc.md').skip('GRPC_PORT=50051 npm start');
    await readOn();
  });

  it('observe.md: metrics, and the spans of a reaction', async () => {
    const { eve, fay } = await scene(beckon, 'eve', 'fay');
    const post = await eve.post();
    const opened = open('docs/observe.md');
    expect(await opened.next('Metrics')).toMatch(/^beckon_deliveries_unsettled\{/m);
    opened.skip('npm test -- --e2e alerts');
    opened.skip(`OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${collector} npm start`);
    const shown = opened.next('Traces');
    await until(() => answers(collector));
    await fay.react(`posts/${post}`);
    await shown;
  });

  it('configure.md: what a process says of a wrong environment', async () => {
    const [console] = blocksOf(await readFile('docs/configure.md', 'utf8')).filter(
      ({ info }) => info === 'console',
    );
    const [typed = '', ...printed] = (console?.text ?? '').split('\n');
    const env = { PATH: process.env['PATH'] };
    const { status, stderr } = spawnSync('sh', ['-c', typed.replace('$ ', '')], { env, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain(printed.join('\n'));
  });

  it('concepts.md: what its pictures show', async () => {
    const { lea, ana, ben, cy, max } = await scene(beckon, 'lea', 'ana', 'ben', 'cy', 'max');
    const post = await lea.post();
    const onPost = `posts/${post}` as const;
    const seen: [number, number][] = [];
    const settled = async (act: Promise<unknown>) => {
      await act;
      await beckon.drain();
      const { unread, seq } = await lea.badge();
      seen.push([unread, seq]);
    };
    await settled(ana.react(onPost));
    await settled(max.follow(lea));
    await settled(ben.react(onPost));
    await settled(max.unfollow(lea));
    expect(seen).toEqual([1, 2, 2, 1].map((unread, index) => [unread, 2 * (index + 1)]));

    const stream = await beckon.stream(lea.id, 3);
    await stream.waitFor(({ event }) => event === 'counts');
    await stream.close();
    expect(stream.events.map(({ id, event }) => [id, event])).toEqual([
      [5, 'group'],
      [7, 'removed'],
      [8, 'counts'],
    ]);

    const read = await lea.onlyGroup();
    expect(read.actorIds).toEqual([ben.id, ana.id]);
    await lea.mark(read, 'read');
    await cy.react(onPost);
    await beckon.drain();
    expect((await lea.inbox()).map(({ actorIds }) => actorIds)).toEqual([[cy.id], [ben.id, ana.id]]);
    expect(await lea.badge()).toMatchObject({ unread: 1 });
    await cy.unreact(onPost);
    await beckon.drain();
    expect((await lea.inbox()).map(({ id }) => id)).toEqual([read.id]);
    expect(await lea.badge()).toMatchObject({ unread: 0 });

    const { ada, kim, ivo } = await scene(beckon, 'ada', 'kim', 'ivo');
    const talk = await ada.post();
    const asked = await kim.comment(talk);
    await ivo.thread(talk, 'follow');
    const answer = await max.comment(talk, `You would know, @${ivo.id}`, asked);
    await beckon.drain();
    const told = async (person: Person) =>
      (await person.inbox()).filter(({ actorIds }) => actorIds[0] === max.id).map(({ type }) => type);
    expect([await told(ivo), await told(kim), await told(ada)]).toEqual([
      ['mention'],
      ['reply'],
      ['comment'],
    ]);
    await max.edit(answer, 'You would know');
    await beckon.drain();
    expect(await told(ivo)).toEqual(['thread']);
    expect(await told(max)).toEqual([]);
  });

  describeInBrowser('the page of examples/site.ts', (openBrowser) => {
    it('shows what happens, also what happened while its stream was cut', async () => {
      const { quin, rosa } = await scene(beckon, 'quin', 'rosa');
      const mentioned = `${rosa.id} the person mentioned you in a comment`;
      const reacted = `${rosa.id} the person reacted to your post`;
      await beckon.people('pia');
      const pia = await beckon.as('pia');
      await insist(() => pia.post('/v1/posts', { id: 'dusk', body: 'Down after the sun' }));
      const opened = open('docs/live-stream.md');
      opened.skipTo('In a browser');
      opened.skip(startForSite());
      await opened.next('In a browser');

      const browser = await openBrowser();
      const view = await browser.visit(`http://${site}`);
      const live = view.locator('#state', { hasText: 'live' });
      await live.waitFor();
      await quin.react('posts/dusk', 'like');
      await view.getByText(`${quin.id} the person reacted to your post`).waitFor();

      await line.cut();
      await view.locator('#state', { hasText: 'connecting' }).waitFor();
      await rosa.react('posts/dusk', 'love');
      await rosa.comment('dusk', 'Sleep well, @pia');
      await quin.unreact('posts/dusk');
      await beckon.drain();
      await line.restore();
      await live.waitFor();
      await view.getByText(mentioned).waitFor();
      const shown = (await view.locator('#groups li').allInnerTexts()).slice(0, 2);
      expect(shown).toEqual([mentioned, reacted]);
      const { unread } = await insist(() => pia.get('/v1/notifications/counts'));
      expect(await view.locator('#unread').innerText()).toBe(String(unread));

      await view.getByText(mentioned).click();
      await view.locator('#unread', { hasText: String(unread - 1) }).waitFor();

      // Somebody who comes back twice at once to a page that has missed something still has one stream.
      await view.evaluate(KEEP_STREAMS);
      const ahead = { status: 200, json: { unread, unseen: 0, seq: 1_000_000 } };
      await view.route('**/v1/notifications/counts', (route) => route.fulfill(ahead));
      const tickets = [1, 2].map((nth) => {
        let seen = 0;
        return view.waitForResponse((answer) => answer.url().endsWith('/stream-tickets') && ++seen === nth);
      });
      await view.evaluate(COME_BACK_TWICE);
      await Promise.all(tickets);
      await live.waitFor();
      await view.waitForFunction('streams.some(({ readyState }) => readyState === EventSource.OPEN)');
      expect(await view.evaluate('streams.filter(({ readyState }) => readyState < 2).length')).toBe(1);
      expect(browser.complaints).toEqual([]);
      await browser.close();
    });
  });

  const startForSite = () => `CORS_ORIGINS=http://${site} npm start`;
});

function answers(port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
