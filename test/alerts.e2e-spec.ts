import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Unpacks Debian's if there is none, which may take seconds. */
function findPromtool(): { command?: string; missing?: string } {
  const found = spawnSync(process.execPath, ['libs/testkit/src/find-promtool.mjs'], { encoding: 'utf8' });
  const promtool = JSON.parse(found.stdout) as { command?: string; missing?: string };
  // Said aloud: it is the machine that lacks something, and nobody should believe these passed.
  if (promtool.missing !== undefined)
    console.warn(`SKIPPED, alerts can't be tried here: ${promtool.missing}`);
  return promtool;
}

const { command = '' } = findPromtool();
const here = command === '' ? describe.skip : describe;

here('alerts for Prometheus', () => {
  const promtool = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: 'deploy/prometheus',
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  };

  it('are rules that Prometheus takes, in a configuration that it takes', () => {
    expect(promtool('check', 'rules', 'alerts.yml')).toMatchObject({ status: 0 });
    expect(promtool('check', 'config', 'prometheus.yml')).toMatchObject({ status: 0 });
  });

  it('fire when they should, and not just short of it', () => {
    const { status, output } = promtool('test', 'rules', 'alerts.test.yml');
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('SUCCESS') });
  });

  it('are each seen to fire', () => {
    const rules = readFileSync('deploy/prometheus/alerts.yml', 'utf8');
    const tests = readFileSync('deploy/prometheus/alerts.test.yml', 'utf8');
    const names = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const fired = [...tests.matchAll(/alertname: (\w+)\n\s+exp_alerts:/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(fired)).toEqual(new Set(names));
  });
});

describe('each alert', () => {
  const rules = readFileSync('deploy/prometheus/alerts.yml', 'utf8')
    .split(/^ +- alert: /m)
    .slice(1);
  const alerts = rules.map((rule) => ({
    name: /^\w+/.exec(rule)?.[0] ?? '',
    runbook: /^ +runbook: (\S+)$/m.exec(rule)?.[1] ?? 'none',
  }));
  const table = readFileSync('docs/observe.md', 'utf8');

  it('is read from the rules', () => expect(alerts.length).toBeGreaterThan(5));

  it.each(alerts)('$name names a page, and a part of it, that is there: $runbook', ({ runbook }) => {
    const [page = '', anchor] = runbook.split('#');
    expect([page, existsSync(page)]).toEqual([expect.stringMatching(/^docs\/runbooks\/.+\.md$/), true]);
    if (anchor !== undefined) expect(anchorsOf(page)).toContain(anchor);
  });

  it.each(alerts)('$name leads to the same page from docs/observe.md', ({ name, runbook }) => {
    const row = table.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    const [, link] = /\]\((\S+)\)/.exec(row?.split('|').at(-2) ?? '') ?? [];
    expect(`docs/${link}`).toBe(runbook);
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
