import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

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
