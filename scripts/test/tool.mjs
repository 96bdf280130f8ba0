import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { step } from '../process/progress.mjs';
import { Interrupted, interruptSignal } from '../process/interrupt.mjs';
import { checkNodeVersion } from '../setup/node-version.mjs';
import { prepare } from '../setup/prepare.mjs';

/**
 * Builds and runs `test/<name>/main.ts` against servers of its own, with the arguments of this command, and ends with
 * its exit code. These are the long forms of what `npm test` has a share of.
 */
export async function runTool(name) {
  const signal = interruptSignal();
  let infra;
  let code = 1;
  try {
    checkNodeVersion();
    await prepare({ signal });
    const { buildTools } = await import('../setup/build.mjs');
    await step('Tools', () => buildTools({ signal }));
    const { openTestInfra } = await import('./infra.mjs');
    infra = await openTestInfra({ signal });
    const program = spawn(
      process.execPath,
      ['--enable-source-maps', join('dist/test', name, 'main.js'), ...process.argv.slice(2)],
      {
        cwd: root,
        env: { ...process.env, ...infra.env },
        stdio: 'inherit',
      },
    );
    signal.addEventListener('abort', () => program.kill('SIGTERM'));
    [code] = await once(program, 'exit');
  } catch (error) {
    if (!(error instanceof Interrupted)) console.error(`\n${error.message || error.stack}`);
  } finally {
    await infra?.close();
  }
  process.exit(code ?? 1);
}
