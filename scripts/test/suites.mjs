import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beckonDir, root } from '../paths.mjs';
import { endGroup, run } from '../process/run.mjs';

// Suites wait more than they work; a machine that is slow for what it has in cores needs fewer at a time.
const limits = { unit: [], e2e: [`--maxWorkers=${process.env.TEST_WORKERS ?? 3}`] };
const signsOfLeak = /A worker process has failed to exit gracefully|Jest did not exit one second after/;

/** Runs one of jest's projects and adds what it counted. An open handle counts as one failure. */
export async function runSuites(project, { results, patterns, signal, env }) {
  const title = `${project} tests`;
  const file = join(beckonDir, `jest-${project}-${process.pid}.json`);
  mkdirSync(beckonDir, { recursive: true, mode: 0o700 });
  const args = [
    '--selectProjects',
    project,
    '--ci',
    '--passWithNoTests',
    '--json',
    `--outputFile=${file}`,
    ...limits[project],
    ...patterns,
  ];
  console.log(`\n${title}`);
  const leaks = [];
  const onLine = (line, pid) => {
    console.log(line);
    if (!signsOfLeak.test(line)) return;
    leaks.push(line);
    if (line.startsWith('Jest did not exit')) void endGroup(pid, 'SIGTERM', 1000);
  };
  try {
    await run(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...args], {
      signal,
      env,
      onLine,
    });
  } catch {
    signal.throwIfAborted();
  } finally {
    count(title, file, { results, leaks });
    rmSync(file, { force: true });
  }
}

function count(title, file, { results, leaks }) {
  if (!existsSync(file)) return results.fail(`${title}: jest did not finish`);
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } =
    JSON.parse(readFileSync(file, 'utf8'));
  results.add(title, {
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    skipped: numPendingTests + numTodoTests,
  });
  if (leaks.length > 0) results.fail(`${title}: something was left open`);
  return undefined;
}
