import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

import type { EventData } from '#contracts/events.js';
import { Beckon } from '#testkit/beckon.js';
import {
  describeInBrowser,
  type Look,
  overflowOf,
  seriousViolations,
  type TestBrowser,
} from '#testkit/browser.js';
import { HandDelivery } from '#testkit/hand-delivery.js';
import { eventOf } from '#testkit/hand-made-event.js';
import { insist } from '#testkit/insist.js';
import { until } from '#testkit/until.js';

/** Where `npm run screenshots` wants them; otherwise none are written. */
const folder = process.env['SCREENSHOTS'];

/** Each with a reaction of its own: the same one again would take it back. */
const pictures: (Look & { reaction: string })[] = [
  { width: 375, theme: 'light', reaction: 'sad' },
  { width: 375, theme: 'dark', reaction: 'wow' },
  { width: 1440, theme: 'light', reaction: 'haha' },
  { width: 1440, theme: 'dark', reaction: 'love' },
];
/** The width decides what is where, and the theme its colours: two looks have both of each. */
const looks =
  folder === undefined
    ? pictures.filter(({ width, theme }) => (width === 375) === (theme === 'light'))
    : pictures;

describeInBrowser('the pages, by day and by night, on a phone and on a desk', (open) => {
  let beckon: Beckon;
  let hands: HandDelivery;
  let browser: TestBrowser;

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { WRITES_PER_SECOND: '100000' } });
    hands = HandDelivery.open(beckon);
    browser = await open();
    const seeding = spawnSync(process.execPath, ['libs/testkit/src/seed-demo.mjs', beckon.url], {
      encoding: 'utf8',
    });
    expect(seeding.stderr).toBe('');
    await beckon.drain();
    const broken = () => eventOf('reaction.added.v1', {} as EventData<'reaction.added.v1'>);
    await hands.deliver([broken(), broken()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await hands?.close();
    await beckon?.stop();
  });

  async function keep(page: Page, name: string, { width, theme }: Look): Promise<void> {
    if (folder === undefined) return;
    // What the pointer rests on looks pointed at.
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(folder, `${name}-${width}-${theme}.png`) });
  }

  it.each(looks)('the network, $width px, $theme', async ({ reaction, ...look }) => {
    const page = await browser.visit(`${beckon.url}/?as=ben&inbox=ana`, look);
    await page.locator('article.post').first().waitFor();
    await page.locator('.group').first().waitFor({ state: 'attached' });
    await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' });
    const post = page.locator('article.post', { hasText: 'hears' }).first();
    await post.getByRole('button', { name: new RegExp(`^${reaction}`) }).click();
    await page.locator('.meter-now').waitFor();
    expect(await overflowOf(page)).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await page.evaluate('scrollTo(0, 0)');
    await keep(page, 'network', look);
    if (look.width === 375) {
      await page.getByRole('button', { name: /^Inbox/ }).click();
      await page.locator('.group').first().waitFor();
      expect(await overflowOf(page)).toBe(0);
      expect(await seriousViolations(page)).toEqual([]);
      await keep(page, 'inbox', look);
    }
    await page.context().close();
  });

  it.each(looks)(
    'operations, $width px, $theme',
    async (look) => {
      const page = await browser.visit(`${beckon.url}/ops`, look);
      await page.getByRole('heading', { name: /dead letters wait/ }).waitFor();
      await page.locator('.letter').first().waitFor();
      // Something for the charts to show: several points, not one.
      const cyra = await beckon.as('cyra');
      const { posts } = await insist(() => cyra.get('/v1/posts?author=ana'));
      const charts = page.getByRole('figure');
      const rounds = folder === undefined ? 3 : 150;
      let round = 0;
      await until(async () => {
        for (const type of ['like', 'love', 'wow'])
          await insist(() => cyra.post(`/v1/posts/${posts[0].id}/reactions`, { type }));
        round++;
        const said = await charts.allInnerTexts();
        return round > rounds && said.every((text) => /\d/.test(text));
      }, 100_000);
      await page.getByRole('button', { name: 'Story of reaction.added.v1' }).first().click();
      await page.getByText('notification: dead letter').waitFor();
      expect(await overflowOf(page)).toBe(0);
      expect(await seriousViolations(page)).toEqual([]);
      await page.evaluate('scrollTo(0, 0)');
      await keep(page, 'operations', look);
      await page.context().close();
    },
    120_000,
  );

  it('the API, where calls are tried with a token of the bar', async () => {
    const page = await browser.visit(`${beckon.url}/docs`, { width: 375, theme: 'light' });
    const bar = page.getByRole('form', { name: 'Who tries the calls' });
    const inBothSizes = async (theme: Look['theme']) => {
      for (const width of [375, 1440] as const) {
        await page.setViewportSize({ width, height: 900 });
        expect(await overflowOf(page)).toBe(0);
        expect(await seriousViolations(page, '.act-as')).toEqual([]);
        await keep(page, 'api', { width, theme });
      }
    };
    await bar.getByText('Calls carry no token yet.').waitFor();
    expect(await bar.getByRole('textbox', { name: 'Act as' }).inputValue()).toBe('ana');
    await bar.getByRole('button', { name: 'Use this token' }).click();
    await bar.getByText('You are ana.').waitFor();
    await inBothSizes('light');

    await page.emulateMedia({ colorScheme: 'dark' });
    await page.reload();
    // What was chosen outlasts a reload.
    await bar.getByText('You are ana.').waitFor();
    await inBothSizes('dark');

    const call = page.locator('.opblock', { hasText: '/v1/notifications/counts' });
    await call.locator('.opblock-summary-control').click();
    await call.getByRole('button', { name: 'Execute' }).click();
    const answer = call.locator('.live-responses-table');
    await answer.getByText(/"unread": \d+/).waitFor();
    expect(await answer.locator('.response .response-col_status').innerText()).toMatch(/^200/);
    expect(await answer.innerText()).toMatch(/\d+ ms/);

    await bar.getByRole('combobox', { name: 'Role' }).selectOption('service');
    await bar.getByRole('button', { name: 'Use this token' }).click();
    await bar.getByText('You are the service ana').waitFor();
    await call.getByRole('textbox', { name: 'Beckon-Actor' }).fill('ben');
    await call.getByRole('button', { name: 'Execute' }).click();
    await call.getByText('Beckon-Actor: ben').first().waitFor();
    expect(await answer.locator('.response .response-col_status').innerText()).toMatch(/^200/);
    await page.context().close();
  }, 120_000);

  it('complains of nothing while it is looked at', () => {
    expect(browser.complaints).toEqual([]);
  });
});
