// Exit codes: 0 all works, 1 a step failed, 2 called wrongly.
import { demoClient } from './demo/client.mjs';
import { steps } from './smoke/steps.mjs';

const url = process.argv[2] ?? process.env.BECKON_URL ?? 'http://127.0.0.1:3000';
if (!URL.canParse(url) || process.argv.length > 3) {
  console.error(`npm run smoke -- <url of a running Beckon>, in development; "${url}" is none.`);
  process.exit(2);
}

const begun = performance.now();
try {
  for (const { name, run } of steps(demoClient(url.replace(/\/+$/, '')))) await timed(name, run);
  console.log(`${url} works (${ms(begun)})`);
} catch {
  process.exitCode = 1;
}
// A stream that a failed step left open.
process.exit();

async function timed(name, run) {
  const from = performance.now();
  try {
    await run();
    console.log(`✓ ${name.padEnd(14)} ${ms(from).padStart(8)}`);
  } catch (error) {
    const why = error.cause?.code ? `${error.message} (${error.cause.code})` : error.message;
    console.log(`✗ ${name.padEnd(14)} ${ms(from).padStart(8)}  ${why}`);
    throw error;
  }
}

function ms(from) {
  return `${Math.round(performance.now() - from)} ms`;
}
