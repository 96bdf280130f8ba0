import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from '../paths.mjs';

/** A hash over the content of files and folders (relative to the root); generated code is left out. */
export function hashOf(paths, skip = () => false) {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}`);
  for (const path of paths.map((name) => join(root, name)).flatMap((path) => files(path, skip))) {
    hash.update(`\n${relative(root, path)}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/**
 * Does `work` unless it was done for the same input and all of `results` are still there. The stamp goes
 * first and comes back last, so that an interrupted run counts as not done.
 * @returns {Promise<boolean>} whether it was done now
 */
export async function unlessStamped({ stamp, hash, results }, work) {
  const current = existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
  if (current && results.every((path) => existsSync(path))) return false;
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return true;
}

function files(path, skip) {
  if (!existsSync(path) || skip(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .filter((name) => !['generated', 'node_modules'].includes(name))
    .flatMap((name) => files(join(path, name), skip));
}
