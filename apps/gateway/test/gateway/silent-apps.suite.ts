import type { EventData } from '#contracts/events.js';
import { processNames } from '#testkit/beckon-services.js';
import { describeInBrowser, type TestBrowser } from '#testkit/browser.js';
import { HandDelivery } from '#testkit/hand-delivery.js';
import { eventOf } from '#testkit/hand-made-event.js';
import { insist } from '#testkit/insist.js';
import { Operator } from '#testkit/operator.js';
import { runOps } from '#testkit/ops-tool.js';
import { expectProblem } from '#testkit/problem.js';
import { until } from '#testkit/until.js';

import { hangUp, listen, snapshotOf } from '../snapshots.fixture.js';
import { beckon } from './processes.fixture.js';

const UNKNOWN_ID = '01998f3c-6f64-7c30-9d0a-1f8a8e8d6b11';

describe('operators of apps that run apart', () => {
  let operator: Operator;
  let published: string;
  let reacted: string;

  beforeAll(async () => {
    operator = await Operator.of(beckon);
    const ben = await beckon.as('ben');
    await insist(() => ben.post('/v1/posts/p1/reactions', { type: 'like' }));
    const hands = HandDelivery.open(beckon);
    await hands.deliver([eventOf('reaction.added.v1', {} as EventData<'reaction.added.v1'>)]);
    await hands.close();
    await beckon.drain();
    published = await eventIn('post');
    reacted = await eventIn('reaction');
  }, 240_000);

  async function eventIn(app: 'post' | 'reaction'): Promise<string> {
    const latest = `SELECT id FROM ${app}.outbox ORDER BY id DESC LIMIT 1`;
    const [row] = await beckon.database.query<{ id: string }>(latest);
    return row?.id ?? '';
  }

  const ops = async (...args: string[]) => (await runOps(args, { BECKON_URL: beckon.url })).out;
  const queues = async () => (await operator.api.get('/v1/admin/queues')).body;

  describe('the operators’ stream', () => {
    afterEach(() => hangUp(beckon));

    it('adds up the processes, and names the app that is away', async () => {
      const stream = await listen(beckon);
      const all = await snapshotOf(stream, ({ away }) => away.length === 0);
      expect(all.processes.map(({ name }) => name).toSorted()).toEqual(processNames.toSorted());
      const halves = all.processes.filter(({ apps }) => apps.includes('notification'));
      expect(halves.map(({ name }) => name).toSorted()).toEqual(['notification-api', 'notification-worker']);
      expect(all.processes.find(({ name }) => name === 'gateway')?.apps).toEqual([]);

      await beckon.people('ana', 'ben');
      const posted = await snapshotOf(stream, ({ rates }) => (rates?.posts.perSecond ?? 0) > 0);
      expect(posted.rates?.posts.latency).not.toBeNull();

      await beckon.endOne('analytics', 0, 'SIGKILL');
      const without = await snapshotOf(stream, ({ away }) => away.includes('analytics'));
      expect(without.processes.flatMap(({ apps }) => apps)).not.toContain('analytics');
      expect(without.queues.find(({ name }) => name === 'analytics.count')?.reachable).toBe(false);
      await beckon.run();
      await snapshotOf(
        stream,
        ({ away, at }) => away.length === 0 && Date.parse(at) > Date.parse(without.at),
      );

      // The half that people talk to is missed although events are still told.
      await beckon.endOne('notification-api', 0, 'SIGKILL');
      const half = await snapshotOf(stream, ({ away }) => away.includes('notification'));
      const left = half.processes.filter(({ apps }) => apps.includes('notification'));
      expect(left.map(({ name }) => name)).toEqual(['notification-worker']);
    });

    it('has the page that shows it', async () => {
      const page = await fetch(`${beckon.url}/ops`);
      expect([page.status, page.headers.get('content-type')]).toEqual([
        200,
        expect.stringMatching(/^text\/html/),
      ]);
      expect(await page.text()).toContain('<title>Beckon · operations</title>');
    });
  });

  describe('an operator, while a producer does not answer', () => {
    beforeEach(() => beckon.endOne('reaction', 0, 'SIGKILL'));

    it('is never told that everything is settled', async () => {
      expect(await queues()).toMatchObject({
        unknown: ['reaction'],
        deliveries: expect.not.arrayContaining([expect.objectContaining({ producer: 'reaction' })]),
      });
      const out = await ops('queues');
      expect(out).toContain('Not known: reaction (does not answer).');
      expect(out).not.toContain('Everything is settled');

      await beckon.run();
      await until(async () => (await ops('queues')).includes('Everything is settled.'), 30_000);
    });

    it('hears the part of a story that others know, and not that nobody knows one', async () => {
      const { status, body } = await operator.api.get(`/v1/admin/events/${reacted}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ producer: null, unknown: ['reaction'] });
      expect(body.consumers).toContainEqual(
        expect.objectContaining({ consumer: 'notification', state: 'done' }),
      );
      expect(await ops('event', reacted)).toContain('Not known: reaction (does not answer).');
      // Of what has nothing to do with it nothing is missing.
      const { body: other } = await operator.api.get(`/v1/admin/events/${published}`);
      expect(other).toMatchObject({ producer: 'post', unknown: [] });

      expectProblem(await operator.api.get(`/v1/admin/events/${UNKNOWN_ID}`), 503, 'DEPENDENCY_UNAVAILABLE');
      await beckon.run();
      await until(async () => (await operator.api.get(`/v1/admin/events/${UNKNOWN_ID}`)).status === 404);
    });
  });

  describe('an operator, while a consumer does not answer', () => {
    beforeEach(() => beckon.endOne('analytics', 0, 'SIGKILL'));

    it('sees the dead letters of the others, and whose are missing', async () => {
      const { status, body } = await operator.api.get('/v1/admin/dead-letters');
      expect(status).toBe(200);
      expect(body.deadLetters.map(({ queue }: { queue: string }) => queue)).toEqual(['notification.fanout']);
      expect(body.unknown).toEqual(['analytics']);
      const out = await ops('dead-letters');
      expect(out).toContain(body.deadLetters[0].id);
      expect(out).toContain('Not known: analytics (does not answer).');
      expect(await ops('queues')).toMatch(/^analytics\.count +out of reach +- +- +- +- +-$/m);

      const filtered = await operator.api.get('/v1/admin/dead-letters?queue=notification.fanout');
      expect(filtered.body.unknown).toEqual([]);
      for (const path of ['dead-letters?queue=analytics.count', `dead-letters/analytics.${UNKNOWN_ID}`])
        expectProblem(await operator.api.get(`/v1/admin/${path}`), 503, 'DEPENDENCY_UNAVAILABLE');
    });

    it('redrives what can be, and hears of the rest', async () => {
      const { status, body } = await operator.api.post('/v1/admin/dead-letter-redrives', { limit: 10 });
      expect([status, body]).toEqual([202, { redriven: 1, unknown: ['analytics'] }]);
      const request = { queue: 'analytics.count', limit: 10 };
      expectProblem(
        await operator.api.post('/v1/admin/dead-letter-redrives', request),
        503,
        'DEPENDENCY_UNAVAILABLE',
      );
      // It fails once more, and the next test finds it.
      const failed = () =>
        until(async () => (await operator.letters()).some(({ pending }) => !pending), 30_000);
      await failed();
      const { code, out } = await runOps(['redrive', '--limit', '10'], { BECKON_URL: beckon.url });
      expect([code, out]).toEqual([1, expect.stringContaining('Not known: analytics (does not answer).')]);
      await failed();
    });

    it('hears the story of an event but for its part', async () => {
      const { status, body } = await operator.api.get(`/v1/admin/events/${reacted}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ producer: 'reaction', unknown: ['analytics'] });
      const told = body.consumers.map(({ consumer }: { consumer: string }) => consumer);
      expect(told).toContain('notification');
      expect(told).not.toContain('analytics');
    });

    describeInBrowser('on the page', (open) => {
      let browser: TestBrowser;
      beforeAll(async () => {
        browser = await open();
      }, 120_000);
      afterAll(() => browser?.close());

      it('sees what is not known', async () => {
        const page = await browser.visit(`${beckon.url}/ops?event=${reacted}`);
        await page.getByRole('heading', { level: 1, name: 'analytics does not answer.' }).waitFor();
        const figure = page.locator('.figure', { hasText: 'Unsettled events' });
        expect(await figure.innerText()).toMatch(/not known$/);
        await page.getByText('Not all are known: analytics does not answer.').waitFor();
        await page.locator('.letter').waitFor();
        await page.getByText('The rest is not known: analytics does not answer.').waitFor();

        await beckon.run();
        await page.getByText('Not all are known').waitFor({ state: 'detached' });
        await page.getByRole('heading', { level: 1, name: '1 dead letter waits for somebody.' }).waitFor();
        expect(browser.complaints).toEqual([]);
        await page.context().close();
      });
    });
  });
});
