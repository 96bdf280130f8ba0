import { spawnSync } from 'node:child_process';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';

interface Found {
  readonly command?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly missing?: string;
}

export interface Look {
  readonly width: 375 | 1440;
  readonly theme: 'light' | 'dark';
}

/**
 * A suite in a browser. Looks for a Chromium and installs one if it can, which may take a minute; where there is none
 * the suite is skipped aloud, and fails instead where TEST_BROWSER is `required`.
 */
export function describeInBrowser(name: string, suite: (open: () => Promise<TestBrowser>) => void): void {
  const found = findBrowser();
  (found.missing === undefined ? describe : describe.skip)(name, () => suite(() => TestBrowser.open(found)));
}

/** Pages of their own in one Chromium, and what went wrong on them. */
export class TestBrowser {
  /** What the pages threw, logged as an error or were refused by their Content-Security-Policy. */
  readonly complaints: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async open(found: Found): Promise<TestBrowser> {
    const browser = await chromium.launch({
      executablePath: found.command,
      env: { ...process.env, ...found.env } as Record<string, string>,
      // A container is the sandbox; its root may not make another.
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
    });
    return new TestBrowser(browser);
  }

  /** Opens a page as a new visitor. */
  async visit(url: string, { width, theme }: Look = { width: 1440, theme: 'light' }): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width, height: width === 375 ? 812 : 900 },
      colorScheme: theme,
      locale: 'en-GB',
      hasTouch: width === 375,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.complaints.push(`${error.name}: ${error.message}`));
    page.on('console', (message) => {
      // What a call was answered is the page's business to show; the browser logs it all the same.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.complaints.push(message.text());
    });
    await page.goto(url);
    return page;
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/**
 * Violations of WCAG 2 A and AA on what is shown now that axe calls serious or critical, one line each.
 * @param within a selector of the part that is ours, where not all of the page is
 */
export async function seriousViolations(page: Page, within = 'html'): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .include(within)
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa'])
    // Without frames of other origins there is nothing to put together on a page of its own.
    .setLegacyMode()
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
}

/** How many pixels the page is wider than its window; 0 for one that fits. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

function findBrowser(): Found {
  const { stdout } = spawnSync(process.execPath, ['libs/testkit/src/find-browser.mjs'], { encoding: 'utf8' });
  const found = JSON.parse(stdout) as Found;
  if (found.missing === undefined) return found;
  if (process.env['TEST_BROWSER'] === 'required') throw new Error(`a browser is required: ${found.missing}`);
  // Skipping is said aloud: it is the machine that lacks something, and nobody should believe these passed.
  console.warn(`SKIPPED, pages can't be looked at here: ${found.missing}`);
  return found;
}
