import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beckonUrl } from './beckon-url.mjs';
import { root } from './paths.mjs';
import { command } from './process/command.mjs';
import { unlessAborted } from './process/interrupt.mjs';
import { untilReady } from './process/server.mjs';
import { lockOwner } from './start/lock.mjs';
import { isServing } from './start/processes.mjs';

const startMs = 600_000;
const help = `Plays the main job in a terminal: one person acts, the other is told of it.

  npm run demo -- <url>

  BECKON_URL           where Beckon is, if no URL is given; without either, the one that npm start runs from this clone,
                       or else one that it starts, data and all as npm start has them

  Exit code: 0 all was told, 1 not, 2 called wrongly.`;

const [given, ...more] = process.argv.slice(2);
if (given === '--help') {
  console.log(help);
  process.exit();
}
const where = given ?? process.env.BECKON_URL;
const url = where && beckonUrl(where);
if ((where && url === undefined) || more.length > 0) {
  console.error(`npm run demo -- <url of a running Beckon>; "${[where, ...more].join(' ')}" is none.`);
  process.exit(2);
}

await command(async (signal) => {
  const beckon = url ? { url } : ((await running(signal)) ?? (await start(signal)));
  try {
    const [{ demoClient }, { play }] = await Promise.all([
      import('./demo/client.mjs'),
      import('./demo/play.mjs'),
    ]);
    await unlessAborted(signal, play(demoClient(beckon.url), { signal }));
  } finally {
    await beckon.stop?.();
  }
});

async function running(signal) {
  const owner = lockOwner();
  if (!owner) return undefined;
  const url = `http://127.0.0.1:${owner.port}`;
  console.log(`On the Beckon that runs from here: ${url}`);
  const options = { timeoutMs: startMs, signal };
  if (await untilReady(owner.pid, () => isServing(url), options)) return { url };
  signal.throwIfAborted();
  throw new Error(`The Beckon that runs from here (process ${owner.pid}) does not answer at ${url}.`);
}

/** On a fresh clone this installs and builds too, so it may take minutes and tells what it is at. */
async function start(signal) {
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const url = `http://127.0.0.1:${process.env.PORT || 3000}`;
  const greeted = showProgress(child.stdout);
  if (await untilReady(child.pid, () => greeted.done, { timeoutMs: startMs, signal })) return { url, stop };
  await stop();
  signal.throwIfAborted();
  throw new Error('Beckon did not start.');
}

/** Passes on what `npm start` is at; it is done when it greets. */
function showProgress(output) {
  const state = { done: false };
  let rest = '';
  output.setEncoding('utf8');
  output.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) if (/^[✓✗…]/.test(line)) console.log(line);
    state.done ||= lines.some((line) => line.includes('Ctrl-C stops everything'));
  });
  return state;
}
