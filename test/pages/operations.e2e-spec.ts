import type { Page } from 'playwright-core';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { describeInBrowser, type TestBrowser } from '#testkit/browser.js';
import { HandDelivery } from '#testkit/hand-delivery.js';
import { eventOf } from '#testkit/hand-made-event.js';
import { insist } from '#testkit/insist.js';
import { Operator } from '#testkit/operator.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { until } from '#testkit/until.js';

describeInBrowser('the page of operators', (open) => {
  let beckon: Beckon;
  let hands: HandDelivery;
  let browser: TestBrowser;
  let line: TcpProxy;
  let url: string;

  beforeAll(async () => {
    beckon = await Beckon.start();
    hands = HandDelivery.open(beckon);
    const { hostname: host, port } = new URL(beckon.url);
    line = await TcpProxy.start(await freePort(), { host, port: Number(port) });
    url = `http://127.0.0.1:${line.port}/ops`;
    browser = await open();
    await beckon.people('ana', 'ben');
    const ana = await beckon.as('ana');
    await insist(() => ana.post('/v1/posts', { id: 'p1', body: 'Hello' }));
    await beckon.drain();
  }, 120_000);
  afterEach(() => line.restore());
  afterAll(async () => {
    await browser?.close();
    await hands?.close();
    await line?.stop();
    await beckon?.stop();
  });

  /** A reaction of ben's that no handler can apply, because the table it needs is away. */
  async function deadReaction(): Promise<string> {
    await beckon.database.query('ALTER TABLE notification.act RENAME TO act_away');
    const ben = await beckon.as('ben');
    await insist(() => ben.post('/v1/posts/p1/reactions', { type: 'like' }));
    const operator = await Operator.of(beckon);
    await until(async () => (await operator.letters()).length === 1, 60_000);
    await beckon.database.query('ALTER TABLE notification.act_away RENAME TO act');
    return (await operator.letters())[0]?.eventId ?? '';
  }

  const told = async () =>
    (await insist(async () => (await beckon.as('ana')).get('/v1/notifications'))).groups as {
      title: string;
    }[];
  const headline = (page: Page, name: RegExp | string) =>
    page.getByRole('heading', { level: 1, name }).waitFor();

  it('shows that nothing waits, and who is there', async () => {
    const page = await browser.visit(url);
    await headline(page, 'Everything is settled.');
    await page.getByText('6 apps in one process').waitFor();
    await page.locator('.dependency', { hasText: 'redis' }).waitFor();
    await page.getByText('No dead letters').waitFor();
    await page.context().close();
  });

  it('redrives a dead letter, whose effect then comes, and tells its story', async () => {
    const page = await browser.visit(url);
    await headline(page, 'Everything is settled.');
    const eventId = await deadReaction();
    // Live: nobody has reloaded anything.
    await headline(page, '1 dead letter waits for somebody.');
    expect(await told()).toEqual([]);
    const letter = page.locator('.letter');
    expect(await letter.innerText()).toContain('relation "act" does not exist');

    await letter.getByRole('button', { name: 'Redrive reaction.added.v1' }).click();
    await page.getByText('No dead letters').waitFor();
    await headline(page, 'Everything is settled.');
    await until(async () => (await told()).length === 1);
    expect((await told())[0]?.title).toBe('ben the person reacted to your post');

    await page.getByRole('searchbox', { name: 'Event id' }).fill(eventId);
    await page.keyboard.press('Enter');
    await page.getByText('notification: done').waitFor();
    await page.getByText(/1 person told/).waitFor();
    expect(page.url()).toContain(eventId);
    await page.context().close();
  }, 120_000);

  it('filters, asks for a reason, and gives up for good what it is told to', async () => {
    const broken = eventOf('reaction.added.v1', {} as never);
    const other = eventOf('comment.added.v1', {} as never);
    await hands.deliver([broken, other]);
    const page = await browser.visit(url);
    await page.locator('.letter').nth(1).waitFor();
    const type = page.getByRole('searchbox', { name: 'Event type' });
    await type.fill('comment.added.v1');
    // Snapshots come meanwhile, and must leave alone what is being typed.
    const said = page.locator('.process-head').first();
    const before = await said.innerText();
    await until(async () => (await said.innerText()) !== before);
    expect(await type.inputValue()).toBe('comment.added.v1');
    await type.press('Enter');
    await until(async () => (await page.locator('.letter').count()) === 1);
    await page.getByText('What arrived').click();
    await page.locator('pre', { hasText: other.id }).waitFor();

    await page.getByRole('button', { name: 'Discard comment.added.v1' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Discard' }).click();
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('made by hand');
    await page.keyboard.press('Enter');
    await page.getByText('None of these').waitFor();

    await type.fill('');
    await type.press('Enter');
    await page.getByRole('button', { name: /Redrive all/ }).click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /Redrive all/ }).click();
    await dialog.getByRole('button', { name: 'Redrive' }).click();
    await page.getByText('1 dead letter is being applied again.').waitFor();
    // It fails once more, for nothing about it has changed, and is shown as it then is.
    await page.locator('.letter', { hasText: '2 attempts' }).waitFor();
    await page.getByRole('button', { name: 'Story of reaction.added.v1' }).click();
    await page.getByText('notification: dead letter').waitFor();
    const operator = await Operator.of(beckon);
    const story = await operator.api.get(`/v1/admin/events/${other.id}`);
    expect(JSON.stringify(story.body)).toContain('made by hand');
    await page.context().close();
  });

  it('keeps its figures while the stream is cut, and goes on by itself', async () => {
    const page = await browser.visit(url);
    await page.getByRole('heading', { name: 'Queues' }).waitFor();
    await line.cut();
    await page.getByText('The live stream is interrupted.').waitFor();
    expect(await page.getByRole('heading', { name: 'Queues' }).isVisible()).toBe(true);
    await headline(page, /^Not known since \d\d:\d\d:\d\d\.$/);
    await line.restore();
    await page.locator('.connection[data-live=true]').waitFor();
    await page.getByRole('heading', { level: 1, name: /^Not known/ }).waitFor({ state: 'detached' });
    await page.getByText('The live stream is interrupted.').waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('goes on with a new token when the old one has ended during an interruption', async () => {
    const page = await browser.visit(url);
    await page.locator('.connection[data-live=true]').waitFor();
    const answers = [503, 503, 401];
    await page.route('**/v1/admin/stream', (route) => {
      const status = answers.shift();
      return status === undefined ? route.continue() : route.fulfill({ status, json: {} });
    });
    await line.cut();
    await page.getByText('The live stream is interrupted.').waitFor();
    await line.restore();
    await page.locator('.connection[data-live=true]').waitFor();
    expect(answers).toEqual([]);
    await page.context().close();
  });

  it('asks for a token where none are given out, and says when one may not', async () => {
    const strict = await Beckon.start({ env: { BECKON_ENV: 'production' } });
    try {
      const page = await browser.visit(`${strict.url}/ops`);
      const token = page.getByRole('textbox', { name: /^Token/ });
      await token.fill(await strict.tokenOf('ana'));
      await page.getByRole('button', { name: 'Use this token' }).click();
      await page.getByText('does not have the scope admin').waitFor();
      await token.fill(await strict.tokenOf('operator', 'admin'));
      await page.getByRole('button', { name: 'Use this token' }).click();
      await headline(page, 'Everything is settled.');

      // Nor does the API's page give one, which otherwise offers to.
      await page.goto(`${strict.url}/docs`);
      await page.getByRole('button', { name: 'Authorize' }).waitFor();
      expect(await page.title()).toBe('Beckon API');
      expect(await page.getByRole('form', { name: 'Who tries the calls' }).count()).toBe(0);
      await page.context().close();
    } finally {
      await strict.stop();
    }
  });

  it('complains of nothing while it is used', () => {
    expect(browser.complaints).toEqual([]);
  });
});
