import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { command } from './process/command.mjs';
import { untilReady } from './process/server.mjs';

const startMs = 600_000;

// With a URL it plays on the Beckon there; without, on one that it starts, data and all as `npm start` has them.
await command(async (signal) => {
  const given = process.argv[2] ?? process.env.BECKON_URL;
  const started = given ? undefined : await start(signal);
  try {
    const [{ demoClient }, { play }] = await Promise.all([
      import('./demo/client.mjs'),
      import('./demo/play.mjs'),
    ]);
    await play(demoClient((given ?? started.url).replace(/\/+$/, '')));
  } finally {
    await started?.stop();
  }
});

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
