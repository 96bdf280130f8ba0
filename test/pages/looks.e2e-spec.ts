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
import { eventOf, HandDelivery } from '#testkit/hand-delivery.js';
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

  it.each(looks)('operations, $width px, $theme', async (look) => {
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
    }, 55_000);
    await page.getByRole('button', { name: 'Story of reaction.added.v1' }).first().click();
    await page.getByText('notification: dead letter').waitFor();
    expect(await overflowOf(page)).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await page.evaluate('scrollTo(0, 0)');
    await keep(page, 'operations', look);
    await page.context().close();
  });

  it('complains of nothing while it is looked at', () => {
    expect(browser.complaints).toEqual([]);
  });
});
