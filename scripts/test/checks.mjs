import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from '../paths.mjs';
import { step } from '../process/progress.mjs';
import { allOf, run } from '../process/run.mjs';

/** Each is the script of that name in package.json. */
export const checksOfSources = {
  typecheck: 'Types',
  'format:check': 'Format',
  lint: 'Lint',
  layers: 'Layers and cycles',
};
export const checksOnServers = { 'db:check': 'Schemas against migrations' };

/**
 * Begins checks, all at once, and the commands of one too. One failing check does not keep the others from being made.
 * @returns {{title: string, outcome: Promise<unknown>}[]} for `tellChecks`
 */
export function beginChecks(checks, { signal, env }) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  return Object.entries(checks).map(([name, title]) => {
    const parts = scripts[name].split(' && ');
    const outcome = allOf(
      parts.map((part) => run('sh', ['-c', part], { signal, env: { ...env, PATH: path } })),
    );
    // Its turn to be waited for may come later than its failure.
    outcome.catch(() => undefined);
    return { title, outcome };
  });
}

/** Waits for checks that were begun, and tells of them in order. */
export async function tellChecks(begun, { results, signal }) {
  for (const { title, outcome } of begun) await counted(title, { results, signal }, () => outcome);
}

/** @returns {Promise<boolean>} whether there is now something to test end to end */
export async function runBuild({ results, signal }) {
  const { buildApps, buildWeb } = await import('../setup/build.mjs');
  const apps = await counted('Build', { results, signal }, () => buildApps({ signal }));
  await counted('Page', { results, signal }, () => buildWeb({ signal }));
  return apps;
}

async function counted(title, { results, signal }, work) {
  try {
    await step(title, async () => void (await work()));
    results.pass();
    return true;
  } catch (error) {
    signal.throwIfAborted();
    console.error(error.message);
    results.fail(title);
    return false;
  }
}
