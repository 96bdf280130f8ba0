import type { Page } from 'playwright-core';

import { freePort } from '#testkit/app-process.js';
import { Beckon } from '#testkit/beckon.js';
import { describeInBrowser, overflowOf, type TestBrowser } from '#testkit/browser.js';
import { insist } from '#testkit/insist.js';
import { publish } from '#testkit/publish.js';
import { sideBySide } from '#testkit/side-by-side.js';
import { TcpProxy } from '#testkit/tcp-proxy.js';
import { until } from '#testkit/until.js';

const HOSTILE = '<img src=x onerror="document.title=\'owned\'">';
const LONG = `Wolfeschlegelsteinhausenbergerdorff ${'Bartholomäus '.repeat(3)}`.trim();

describeInBrowser('the page of the network', (open) => {
  let beckon: Beckon;
  let browser: TestBrowser;
  /** Between the browser and Beckon, to be cut. */
  let line: TcpProxy;
  let url: string;

  beforeAll(async () => {
    beckon = await Beckon.start({ env: { WRITES_PER_SECOND: '100000' } });
    const { hostname: host, port } = new URL(beckon.url);
    line = await TcpProxy.start(await freePort(), { host, port: Number(port) });
    url = `http://127.0.0.1:${line.port}`;
    browser = await open();
    const names = {
      ana: 'Ana Sousa',
      ben: 'Ben Åsberg',
      cyra: HOSTILE,
      deniz: 'فرح حداد',
      emeka: LONG,
      farah: '👩🏽‍🚀🌊',
    };
    const users = Object.entries(names).map(([id, displayName]) => ({ id, handle: id, displayName }));
    await insist(async () => (await beckon.asService()).post('/v1/batch/users', { users }));
    const ana = await beckon.as('ana');
    await insist(() => ana.post('/v1/posts', { id: 'p1', body: `Hello ${HOSTILE}` }));
  }, 120_000);
  afterEach(() => line.restore());
  afterAll(async () => {
    await browser?.close();
    await line?.stop();
    await beckon?.stop();
  });

  /** Also of those that are not drawn yet, as `content-visibility` has it. */
  const titles = (page: Page) => page.locator('.group-title').allTextContents();
  /** In the list: what is said to a screen reader has the same words for a moment. */
  const told = (page: Page, hasText: string) => page.locator('.group-title', { hasText });
  const countsOf = async (userId: string) =>
    insist(async () => (await beckon.as(userId)).get('/v1/notifications/counts'));
  const react = async (userId: string, type: string) =>
    insist(async () => (await beckon.as(userId)).post('/v1/posts/p1/reactions', { type }));

  it('shows a reaction in the other inbox, live, with how long it took', async () => {
    const page = await browser.visit(`${url}/?as=ben&inbox=ana`);
    await page.locator('.connection[data-live=true]').waitFor();
    await page.getByText('A calm sea').waitFor();
    const love = page.locator('article.post').first().getByRole('button', { name: 'love' });
    await love.click();
    await told(page, 'Ben Åsberg reacted to your post').waitFor();
    expect(await page.locator('.meter-now').innerText()).toMatch(/^[\d,.]+\s*m?s$/);
    await page.getByRole('button', { name: /^Notifications, 1 unread/ }).waitFor();
    expect(await page.title()).toMatch(/^\(1\) /);

    await love.click();
    await page.getByText('A calm sea').waitFor();
    await page.getByRole('button', { name: /^Notifications, nothing unread/ }).waitFor();
    await page.context().close();
  });

  it('misses nothing of what happens while its stream is cut', async () => {
    const page = await browser.visit(`${url}/?as=ben&inbox=ana`);
    await page.locator('.connection[data-live=true]').waitFor();
    await page.locator('article.post').first().getByRole('button', { name: 'wow' }).click();
    await told(page, 'Ben Åsberg reacted to your post').waitFor();

    await line.cut();
    await page.getByText('The live stream is interrupted.').waitFor();
    await react('deniz', 'like');
    await react('emeka', 'haha');
    const farah = await beckon.as('farah');
    await insist(() => farah.post('/v1/posts/p1/comments', { body: 'Look, @ana!' }));
    await beckon.drain();
    expect(await titles(page)).toHaveLength(1);

    await line.restore();
    await page.locator('.connection[data-live=true]').waitFor();
    await until(async () => (await titles(page)).length === 2);
    const [mention, reactions] = await titles(page);
    expect(mention).toContain('mentioned you in a comment');
    expect(reactions).toContain('and 1 other reacted to your post');
    const { unread } = await countsOf('ana');
    expect(unread).toBe(2);
    await page.getByRole('button', { name: /^Notifications, 2 unread/ }).waitFor();
    await page.getByText('The live stream is interrupted.').waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('calls nothing live that hangs, and goes on once it answers again', async () => {
    const page = await browser.visit(`${url}/?as=ben&inbox=ana`);
    await page.locator('.connection[data-live=true]').waitFor();
    line.freeze();
    // Whoever comes back to the page has the stream compared with the server at once.
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.locator('.connection', { hasText: 'Reconnecting' }).waitFor();
    await line.restore();
    await page.locator('.connection[data-live=true]').waitFor();
    await page.context().close();
  });

  it('reads the chosen tab again when its stream has lost its place', async () => {
    const page = await browser.visit(`${url}/?as=ben&inbox=ana`);
    await page.locator('.connection[data-live=true]').waitFor();
    await page.getByRole('tab', { name: /^Unread/ }).click();
    await page.locator('.group').first().waitFor();
    const before = await titles(page);
    await line.cut();
    await page.getByText('The live stream is interrupted.').waitFor();
    await beckon.database.query(
      `UPDATE notification.inbox_state SET seq = seq + 1000, floor_seq = seq + 1000 WHERE recipient_id = 'ana'`,
    );
    const again = page.waitForResponse((response) => response.url().includes('state=unread'));
    await line.restore();
    await again;
    await page.locator('.groups[aria-busy=false] .group').first().waitFor();
    expect(await titles(page)).toEqual(before);
    await page.context().close();
  });

  it('says what is wrong and gets well by itself when Beckon does not answer', async () => {
    const page = await browser.visit(`${url}/?as=ben&inbox=ana`);
    await page.locator('article.post').first().waitFor();
    await line.cut();
    await page.locator('article.post').first().getByRole('button', { name: 'sad' }).click();
    // Beside the button, and said to screen readers.
    await page.getByText('Beckon does not answer.').first().waitFor();
    await line.restore();
    await page.locator('.connection[data-live=true]').waitFor();
    await page.context().close();
  });

  it('does not say that nobody is followed while it is not known', async () => {
    const page = await browser.visit(`${url}/?as=ben&inbox=ana`);
    const circle = page.locator('.circle summary');
    await circle.getByText('0 followed').waitFor();
    await page.route('**/v1/me/following**', (route) => route.abort());
    await page.locator('.side-network .picker-person', { hasText: 'Ana' }).click();
    await circle.getByText('not known').waitFor();
    await circle.click();
    expect(
      await page
        .locator('.circle')
        .getByRole('button', { name: /^Follow/ })
        .count(),
    ).toBe(0);
    await page.unroute('**/v1/me/following**');
    await circle.getByText('0 followed').waitFor();
    await page.context().close();
  });

  it('shows names as the text that they are, however long, in any direction', async () => {
    await react('cyra', 'angry');
    await beckon.drain();
    for (const width of [375, 1440] as const) {
      const page = await browser.visit(`${url}/?as=ana&inbox=ana`, { width, theme: 'light' });
      await page.locator('article.post').first().waitFor();
      expect(await page.locator('.post-body').first().innerText()).toContain(HOSTILE);
      if (width === 375) await page.getByRole('button', { name: /^Inbox/ }).click();
      await told(page, HOSTILE).first().waitFor();
      expect(await page.locator('img[src=x]').count()).toBe(0);
      expect(await page.title()).not.toContain('owned');
      expect(await overflowOf(page)).toBe(0);
      await page.context().close();
    }
  });

  it('shows the beginning of a long post, and the rest when asked', async () => {
    const end = 'the very end';
    const ana = await beckon.as('ana');
    await insist(() => ana.post('/v1/posts', { id: 'long', body: `${'word '.repeat(600)}${end}` }));
    const page = await browser.visit(`${url}/?as=ben&inbox=ana`);
    const post = page.locator('article.post', { hasText: end });
    await post.getByRole('button', { name: 'Show more' }).waitFor();
    const heightOf = async () => (await post.boundingBox())?.height ?? 0;
    const clamped = await heightOf();
    await post.getByRole('button', { name: 'Show more' }).click();
    await post.getByRole('button', { name: 'Show less' }).waitFor();
    expect(await heightOf()).toBeGreaterThan(2 * clamped);
    const short = page.locator('article.post', { hasText: 'Hello' });
    expect(await short.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    await page.context().close();
  });

  it('scrolls through two hundred groups, each there once', async () => {
    const emeka = await beckon.as('emeka');
    await sideBySide(200, async (index) => {
      const id = `many-${index}`;
      await publish(beckon, 'farah', [id], `Number ${id}`);
      await insist(() => emeka.post(`/v1/posts/${id}/reactions`, { type: 'like' }));
    });
    await beckon.drain();
    const page = await browser.visit(`${url}/?as=ben&inbox=farah`);
    await page.locator('.group').first().waitFor();
    const list = page.locator('#inbox-list');
    await list.hover();
    await until(async () => {
      await page.mouse.wheel(0, 4_000);
      return (await page.locator('.group').count()) >= 200;
    }, 30_000);
    const ids = await page
      .locator('.group')
      .evaluateAll((groups) => groups.map((group) => group.getAttribute('data-group')));
    expect(new Set(ids).size).toBe(200);
    // The frames of one long scroll; a list that lays everything out anew for each would take far longer.
    const frames = await page.evaluate<number[]>(`new Promise((resolve) => {
      const list = document.querySelector('#inbox-list');
      const gaps = [];
      let last = performance.now();
      const step = (now) => {
        gaps.push(now - last);
        last = now;
        list.scrollTop -= 400;
        if (gaps.length < 40) requestAnimationFrame(step); else resolve(gaps);
      };
      list.scrollTop = list.scrollHeight;
      requestAnimationFrame(step);
    })`);
    console.log(`200 groups: median frame ${frames.toSorted((a, b) => a - b)[20]?.toFixed(1)} ms`);
    await page.context().close();
  }, 120_000);

  it('reads one page of the inbox on a phone until one scrolls', async () => {
    const page = await browser.visit(`${url}/?as=ben&inbox=farah`, { width: 375, theme: 'light' });
    let more = 0;
    page.on('request', (request) => {
      if (/\/v1\/notifications\?.*cursor=/.test(request.url())) more++;
    });
    await page.getByRole('button', { name: /^Inbox, \d{3} unread/ }).click();
    await page.locator('.group').nth(29).waitFor();
    await page.waitForTimeout(1_000);
    expect(more).toBe(0);
    expect(await page.locator('.group').count()).toBe(30);
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    await page.locator('.group').nth(59).waitFor({ state: 'attached' });
    await page.context().close();
  });

  it('is used by keyboard alone: act, open, mark', async () => {
    const page = await browser.visit(`${url}/?as=ben&inbox=ana`);
    await page.locator('.group').first().waitFor();
    await page.getByRole('textbox', { name: 'Write a post' }).focus();
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Control+Enter');
    await page.locator('.post-body', { hasText: 'By keyboard' }).waitFor();
    const title = page.locator('.group-title').first();
    await title.focus();
    await page.keyboard.press('Enter');
    await page.locator('.group').first().and(page.locator('[data-unread=false]')).waitFor();
    await page.context().close();
  });

  it('complains of nothing while it is used', () => {
    expect(browser.complaints).toEqual([]);
  });
});
