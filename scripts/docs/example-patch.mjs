import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../paths.mjs';

/** The change that docs/extend.md goes through, from the root of the repository. */
export const examplePatch = 'docs/extend/share-a-post.patch';

/** The paths of the files that it makes or changes. */
export function filesOfPatch(patch = readFileSync(join(root, examplePatch), 'utf8')) {
  return [...patch.matchAll(/^diff --git a\/(\S+) b\/\1$/gm)].map(([, file]) => file);
}

/**
 * Applies it to a tree, whether git knows that tree or not; with `check`, only tells whether it could be applied.
 * @throws Error that says what does not fit
 */
export function applyExample(tree, { check = false } = {}) {
  // Below a folder that is another repository, git would leave out every file without a word.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(tree) };
  const args = ['apply', ...(check ? ['--check'] : []), join(root, examplePatch)];
  const { status, stderr, error } = spawnSync('git', args, { cwd: tree, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${examplePatch} does not apply:\n${error?.message ?? stderr}`);
}
