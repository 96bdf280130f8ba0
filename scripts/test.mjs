// Runs on a fresh clone: whatever is imported here must get by with Node alone.
import { parseArgs } from 'node:util';
import { Interrupted, interruptSignal } from './process/interrupt.mjs';
import { checkNodeVersion } from './setup/node-version.mjs';
import { prepareSources } from './setup/prepare.mjs';
import { runBuild, runChecks } from './test/checks.mjs';
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
let infra;

try {
  checkNodeVersion();
  await prepareSources({ signal });
  const needsServers = everything || options.e2e;
  const built = !needsServers || (await runBuild({ results, signal }));
  if (needsServers) infra = await openTestInfra({ signal });
  const env = infra?.env ?? {};
  if (everything && patterns.length === 0) await runChecks({ results, signal, env });
  if (everything || options.unit) await runSuites('unit', { results, patterns, signal, env });
  if (everything || options.e2e) {
    if (built) await runSuites('e2e', { results, patterns, signal, env });
    else results.fail('e2e tests: nothing was built to test');
  }
  if (patterns.length > 0 && results.isEmpty()) results.fail(`no test matches ${patterns.join(' ')}`);
} catch (error) {
  if (!(error instanceof Interrupted)) console.error(`\n${error.message || error.stack}`);
  results.fail(error.message);
} finally {
  await infra?.close();
}

console.log(results.report());
process.exit(results.failed() ? 1 : 0);
