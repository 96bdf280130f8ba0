import { existsSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { appEntry, root } from '../paths.mjs';
import { run } from '../process/run.mjs';
import { hashOf, unlessStamped } from './stamp.mjs';

const dist = join(root, 'dist');
const web = join(root, 'apps/web');
const bin = (name) => join(root, 'node_modules/.bin', name);

/** Compiles apps and libs to dist/ if a source has changed. Tests are no part of it. */
export async function buildApps({ signal } = {}) {
  const inputs = ['apps', 'libs', 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json', 'prisma'];
  const skip = (path) => path === web || path === join(root, 'libs/testkit') || path.endsWith('spec.ts');
  return unlessStamped({ stamp: join(dist, '.apps'), hash: hashOf([...inputs, 'libs/contracts/proto'], skip), results: [appEntry] }, async () => {
    // Without these a renamed file would live on, and the compiler would believe that a removed one is there.
    for (const old of ['apps', 'libs', '.tsbuildinfo']) removeBuilt(old);
    await run(bin('tsc'), ['-p', 'tsconfig.build.json'], { signal });
  });
}

/** Builds the page to dist/apps/web if one of its sources has changed. @returns undefined while there is none */
export async function buildWeb({ signal } = {}) {
  if (!existsSync(join(web, 'vite.config.ts'))) return undefined;
  const hash = hashOf(['apps/web', 'package-lock.json']);
  const results = [join(dist, 'apps/web/index.html')];
  return unlessStamped({ stamp: join(dist, '.web'), hash, results }, () => run(bin('vite'), ['build', 'apps/web'], { signal }));
}

function removeBuilt(name) {
  if (name !== 'apps') return rmSync(join(dist, name), { recursive: true, force: true });
  return undefined;
}
