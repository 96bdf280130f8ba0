// npm run docs:extend: the example of docs/extend.md in a copy of this tree, from the patch to what the page types.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative, sep } from 'node:path';
import { root } from '../paths.mjs';
import { command } from '../process/command.mjs';
import { unlessAborted } from '../process/interrupt.mjs';
import { freePort } from '../process/ports.mjs';
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
    await typeIn(copy, signal);
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

/** Starts the copy, with data of its own, and types what the page tells a reader to. */
async function typeIn(copy, signal) {
  const page = readFileSync(join(copy, 'docs/extend.md'), 'utf8');
  const [, typed = '', shown = ''] = /^```sh\n(BECKON=.*?)^```\n+```text\n(.*?)^```$/ms.exec(page) ?? [];
  const port = await freePort();
  // Nothing of what is set here: it may name a database that somebody needs.
  const { PATH, HOME } = process.env;
  const beckon = spawn(process.execPath, [join(copy, 'scripts/start.mjs')], {
    cwd: copy,
    env: { PATH, HOME, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(beckon, 'exit');
  try {
    await step('npm start', () => unlessAborted(signal, greeting(beckon)));
    const lines = typed.replace('localhost:3000', `127.0.0.1:${port}`);
    await step('Lines of the page', () => untilShown(shown, () => run('sh', ['-euc', lines], { signal })));
  } finally {
    beckon.kill('SIGTERM');
    await ended;
  }
}

/** Waits for what it prints when all is there. @throws Error when it ends before */
function greeting(beckon) {
  let text = '';
  return new Promise((resolve, reject) => {
    beckon.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('Ctrl-C stops everything')) resolve();
    });
    beckon.once('exit', () => reject(new Error(`npm start ended:\n${text}`)));
  });
}

/** A reader who is told too late types again, which shares nothing twice. */
async function untilShown(shown, type) {
  const parts = shown.split(/…|\n/).filter((part) => part !== '');
  for (let tries = 10; ; tries--) {
    const printed = await type();
    if (parts.length > 0 && parts.every((part) => printed.includes(part))) return;
    if (tries === 1) throw new Error(`docs/extend.md shows\n${shown}\nand what was printed is\n${printed}`);
  }
}
