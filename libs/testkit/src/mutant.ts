import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

import { fromTestRun } from '#testkit/environment.js';

/** One change to what all apps in one process run: to the bundle, in which there are no comments. */
export interface Mutation {
  readonly from: string;
  readonly to: string;
}

const BUNDLE = 'dist/main';
/** What it reads from beside it. */
const FOLDERS = ['dist/apps/web', 'libs/contracts/proto'];

/**
 * Copies the build and changes the copy: breaks it, so that a suite can show that it would notice, or makes another
 * release of it.
 * @returns the folder to start `all-in-one` from (`build`). @throws Error when what is to be replaced is not there
 * exactly once
 */
export function mutate(...mutations: readonly Mutation[]): string {
  const build = mkdtempSync(join(fromTestRun('TEST_DIR'), 'mutant-'));
  for (const folder of FOLDERS) cpSync(folder, join(build, folder), { recursive: true });
  // Links, for it is large, and all but a chunk of it stays as it is.
  mkdirSync(join(build, BUNDLE), { recursive: true });
  for (const name of readdirSync(BUNDLE)) linkSync(join(BUNDLE, name), join(build, BUNDLE, name));
  cpSync('package.json', join(build, 'package.json'));
  symlinkSync(resolve('node_modules'), join(build, 'node_modules'));
  for (const mutation of mutations) replaceOnce(join(build, BUNDLE), mutation);
  return build;
}

function replaceOnce(main: string, { from, to }: Mutation): void {
  let found = 0;
  for (const chunk of chunksOf(main, 'all-in-one.cjs')) {
    const parts = readFileSync(join(main, chunk), 'utf8').split(from);
    found += parts.length - 1;
    if (parts.length === 1) continue;
    rmSync(join(main, chunk));
    writeFileSync(join(main, chunk), parts.join(to));
  }
  if (found !== 1) throw new Error(`what is to be replaced is there ${found} times:\n${from}`);
}

/** What an entry loads; beside it lie chunks of earlier builds. */
function chunksOf(folder: string, entry: string): ReadonlySet<string> {
  const all = readdirSync(folder).filter((name) => name.endsWith('.cjs'));
  const chunks = new Set([entry]);
  // A set that grows goes on with what was added.
  for (const chunk of chunks) {
    const source = readFileSync(join(folder, chunk), 'utf8');
    for (const name of all) if (source.includes(`./${name}`)) chunks.add(name);
  }
  return chunks;
}
