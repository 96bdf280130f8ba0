// Runs on a fresh clone: whatever is imported here must get by with Node alone.
import { parseArgs } from 'node:util';
import { Interrupted, interruptSignal } from './process/interrupt.mjs';
import { checkNodeVersion } from './setup/node-version.mjs';
import { prepareSources } from './setup/prepare.mjs';
import { beginChecks, checksOfSources, checksOnServers, runBuild, tellChecks } from './test/checks.mjs';
import { openTestInfra } from './test/infra.mjs';
import { runSuites } from './test/suites.mjs';
import { tally } from './test/tally.mjs';

const { values: options, positionals: patterns } = parseArgs({
  allowPositionals: true,
  options: { unit: { type: 'boolean' }, e2e: { type: 'boolean' } },
});
const everything = !options.unit && !options.e2e;
const signal = interruptSignal();
const results = tally();
const checks = [];
let infra;
let opening;

try {
  checkNodeVersion();
  await prepareSources({ signal });
  const checked = everything && patterns.length === 0;
  // Beside what follows, which leaves some of a second core to them.
  if (checked) checks.push(...beginChecks(checksOfSources, { signal }));
  const needsServers = everything || options.e2e;
  if (needsServers) opening = openTestInfra({ signal }).then((opened) => (infra = opened));
  // Its turn to be waited for comes later than a failure may.
  opening?.catch(() => undefined);
  const built = !needsServers || (await runBuild({ results, signal }));
  await opening;
  const env = infra?.env ?? {};
  if (checked) checks.push(...beginChecks(checksOnServers, { signal, env }));
  if (everything || options.unit) await runSuites('unit', { results, patterns, signal, env });
  await tellChecks(checks.splice(0), { results, signal });
  if (everything || options.e2e) {
    if (built) await runSuites('e2e', { results, patterns, signal, env });
    else results.fail('e2e tests: nothing was built to test');
  }
  if (patterns.length > 0 && results.isEmpty()) results.fail(`no test matches ${patterns.join(' ')}`);
} catch (error) {
  if (!(error instanceof Interrupted)) console.error(`\n${error.message || error.stack}`);
  results.fail(error.message);
} finally {
  // Those that something else failed before.
  await Promise.allSettled([opening, ...checks.map(({ outcome }) => outcome)]);
  await infra?.close();
}

console.log(results.report());
process.exit(results.failed() ? 1 : 0);
