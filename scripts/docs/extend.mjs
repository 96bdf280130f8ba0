// npm run docs:extend: the example of docs/extend.md in a copy of this tree, from the patch to its end-to-end tests.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative, sep } from 'node:path';
import { root } from '../paths.mjs';
import { command } from '../process/command.mjs';
import { step } from '../process/progress.mjs';
import { run } from '../process/run.mjs';
import { prepare } from '../setup/prepare.mjs';
import { applyExample, filesOfPatch } from './example-patch.mjs';

const checks = ['typecheck', 'format:check', 'lint', 'layers', 'db:check'];

await command(async (signal) => {
  await prepare({ signal });
  const copy = mkdtempSync(join(tmpdir(), 'beckon-extend-'));
  try {
    await step('Copy', async () => copyTree(copy));
    await step('Patch', async () => applyExample(copy));
    await tryOut(copy, signal);
    console.log('The example works.');
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

/** What was built and generated comes along, so that only what the patch changes is made anew. */
function copyTree(copy) {
  const left = new Set(['.git', '.beckon', 'node_modules']);
  const comesAlong = (path) => !left.has(relative(root, path).split(sep)[0]);
  cpSync(root, copy, { recursive: true, filter: comesAlong, preserveTimestamps: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

async function tryOut(copy, signal) {
  const { scripts } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'));
  const env = { PATH: [join(copy, 'node_modules/.bin'), process.env.PATH].join(delimiter) };
  for (const name of ['generate', ...checks])
    await step(name, () =>
      run('sh', ['-c', scripts[name]], { cwd: copy, env, signal }).then(() => undefined),
    );
  const tests = filesOfPatch().filter((file) => file.endsWith('spec.ts'));
  await run(process.execPath, [join(copy, 'scripts/test.mjs'), ...tests], {
    cwd: copy,
    signal,
    onLine: (line) => console.log(line),
  });
}
