import { beckonUrl } from './beckon-url.mjs';

// Exit codes: 0 all works, 1 a step failed, 2 called wrongly.
const help = `Walks through everything that a running Beckon does, as people who are made for it.

  npm run smoke -- <url>

  BECKON_URL           where it is, if no URL is given; http://127.0.0.1:PORT if unset, too,
                       with PORT 3000 if unset
  AUTH_HS256_SECRET    what that Beckon has, to sign tokens with; if unset, Beckon is asked for them, which only one in
                       development gives out
  AUTH_ISSUER          what that Beckon has; beckon if unset
  AUTH_AUDIENCE        the same

  It deletes its post and un-follows in the end; its two people, smoke-ana-… and smoke-ben-…, stay.
  Exit code: 0 all works, 1 a step failed, 2 called wrongly.`;

const [given, ...more] = process.argv.slice(2);
if (given === '--help') {
  console.log(help);
  process.exit();
}
const where = given ?? (process.env.BECKON_URL || `http://127.0.0.1:${process.env.PORT || 3000}`);
const url = beckonUrl(where);
if (url === undefined || more.length > 0) {
  console.error(`npm run smoke -- <url of a running Beckon>; "${[where, ...more].join(' ')}" is none.`);
  process.exit(2);
}

const steps = await stepsAt(url);
const begun = performance.now();
try {
  for (const { name, run } of steps) await timed(name, run);
  console.log(`${url} works (${ms(begun)})`);
} catch {
  process.exitCode = 1;
}
// A stream that a failed step left open.
process.exit();

async function stepsAt(url) {
  try {
    const [{ demoClient }, { signerFrom }, { steps }] = await Promise.all([
      import('./demo/client.mjs'),
      import('./smoke/sign-in.mjs'),
      import('./smoke/steps.mjs'),
    ]);
    return steps(demoClient(url, signerFrom(process.env)));
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    console.error(`npm run smoke needs Beckon's packages: npm ci first. (${error.message})`);
    return process.exit(2);
  }
}

async function timed(name, run) {
  const from = performance.now();
  try {
    const remark = await run();
    console.log(
      `✓ ${name.padEnd(14)} ${ms(from).padStart(8)}${typeof remark === 'string' ? `  ${remark}` : ''}`,
    );
  } catch (error) {
    console.log(`✗ ${name.padEnd(14)} ${ms(from).padStart(8)}  ${error.message}`);
    throw error;
  }
}

function ms(from) {
  return `${Math.round(performance.now() - from)} ms`;
}
