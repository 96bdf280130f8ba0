import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { fromTestRun } from '#testkit/environment.js';

/** One change to one file of the build. */
export interface Mutation {
  /** Below `dist`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Copies the build and breaks the copy, so that a suite can show that it would notice.
 * @returns the folder to start apps from (`build`). @throws Error when what is to be replaced is not there exactly once
 */
export function mutate({ file, from, to }: Mutation): string {
  const build = mkdtempSync(join(fromTestRun('TEST_DIR'), 'mutant-'));
  for (const folder of ['dist/apps', 'dist/libs', 'libs/contracts/proto'])
    cpSync(folder, join(build, folder), { recursive: true });
  cpSync('package.json', join(build, 'package.json'));
  symlinkSync(resolve('node_modules'), join(build, 'node_modules'));
  const path = join(build, 'dist', file);
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2)
    throw new Error(`${file} has what is to be replaced ${parts.length - 1} times:\n${from}`);
  writeFileSync(path, parts.join(to));
  return build;
}
