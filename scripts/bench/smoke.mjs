// 30 seconds that tell whether Beckon is as light and as quick as it should be; asserts nothing.
// Against BECKON_URL (BECKON_ENV=development), else against a Beckon of its own on private servers.
import { setTimeout as sleep } from 'node:timers/promises';
import { checkNodeVersion } from '../setup/node-version.mjs';
import { prepare } from '../setup/prepare.mjs';
import { step } from '../process/progress.mjs';
import { interruptSignal } from '../process/interrupt.mjs';

const IDLE_MS = 5_000;
const WARM_UP = 30;
const SAMPLES = 100;
const EVERY_MS = 100;

const signal = interruptSignal();
let own;
let started = 0;
try {
  checkNodeVersion();
  if (!process.env.BECKON_URL) await prepare({ signal });
  const { openBench } = await import('./own-beckon.mjs');
  if (!process.env.BECKON_URL) own = await step('Beckon', () => openBench({ signal }));
  const { bench } = await import('./network.mjs');
  const network = await bench(process.env.BECKON_URL || own.url, 2 * SAMPLES + WARM_UP);
  await step('Idle', () => sleep(IDLE_MS, undefined, { signal }));
  const rss = await network.residentMegabytes();
  await step('Warm-up', () => atPace(WARM_UP, network.react));
  const posts = await step(`${SAMPLES} reactions`, () => atPace(SAMPLES, network.react));
  const reader = await network.openStream();
  const arrivals = await step(`${SAMPLES} reactions to the stream`, () =>
    atPace(SAMPLES, (index) => reader.arrival(() => network.react(index))),
  );
  await reader.close();
  print([
    ['', 'p50', 'p95'],
    ['POST reaction, 10/s', ...milliseconds(posts)],
    ['POST → stream, 10/s', ...milliseconds(arrivals)],
    ['idle RSS', `${Math.round(rss)} MB`, ''],
  ]);
} catch (error) {
  if (!signal.aborted) console.error(`\n${error.stack}`);
  process.exitCode = 1;
} finally {
  await own?.close();
}
process.exit();

/** Does `work` at an even pace, whether or not the one before has ended. Answers what each took. */
async function atPace(count, work) {
  const from = started;
  started += count;
  const startedAt = performance.now();
  const running = [];
  for (let index = 0; index < count; index++) {
    await sleep(Math.max(0, startedAt + index * EVERY_MS - performance.now()), undefined, { signal });
    running.push(work(from + index));
  }
  return Promise.all(running);
}

function milliseconds(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return [0.5, 0.95].map((part) => `${sorted[Math.floor(sorted.length * part)].toFixed(1)} ms`);
}

function print(rows) {
  console.log();
  for (const [name, ...values] of rows)
    console.log(`${name.padEnd(22)}${values.map((value) => value.padStart(10)).join('')}`);
}
