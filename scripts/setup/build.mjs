import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { appEntry, root } from '../paths.mjs';
import { run } from '../process/run.mjs';
import { bundleApps } from './bundle.mjs';
import { hashOf, unlessStamped } from './stamp.mjs';

const dist = join(root, 'dist');
const web = join(root, 'apps/web');
const bin = (name) => join(root, 'node_modules/.bin', name);

/** Compiles apps and libs to dist/ and bundles the apps, if a source has changed. Tests are no part of it. */
export async function buildApps({ signal } = {}) {
  const skip = (path) =>
    path === web ||
    path === join(root, 'libs/testkit') ||
    basename(path) === 'test' ||
    path.endsWith('spec.ts');
  const hash = hashOf([...sources, 'package.json', 'package-lock.json', 'scripts/setup'], skip);
  const compiled = join(dist, 'apps/all-in-one/src/main.js');
  return unlessStamped({ stamp: join(dist, '.apps'), hash, results: [compiled, appEntry] }, async () => {
    // The compiler goes by this file, not by what is really there.
    if (!existsSync(compiled)) rmSync(join(dist, '.tsbuildinfo'), { force: true });
    await run(bin('tsc'), ['-p', 'tsconfig.build.json'], { signal });
    for (const folder of ['apps', 'libs']) removeOrphans(folder);
    await bundleApps({ signal });
  });
}

/** Compiles the programs under test/, and what they need of libs, to dist/. */
export async function buildTools({ signal } = {}) {
  const hash = hashOf(['apps', 'libs', 'test', 'tsconfig.json', 'tsconfig.tools.json', 'package-lock.json']);
  const stamp = join(dist, '.tools');
  return unlessStamped({ stamp, hash, results: [join(dist, 'test')] }, async () => {
    if (!existsSync(join(dist, 'test'))) rmSync(join(dist, '.tools.tsbuildinfo'), { force: true });
    await run(bin('tsc'), ['-p', 'tsconfig.tools.json'], { signal });
  });
}

// The schemas and proto files stand for the code that is generated from them.
const sources = ['apps', 'libs', 'prisma', 'tsconfig.json', 'tsconfig.build.json'];

/** Builds the pages to dist/apps/web if one of its sources has changed. @returns undefined while there is none */
export async function buildWeb({ signal } = {}) {
  if (!existsSync(join(web, 'vite.config.ts'))) return undefined;
  const hash = hashOf(['apps/web', 'package-lock.json']);
  const results = ['index.html', 'ops.html', 'api-page.js'].map((page) => join(dist, 'apps/web', page));
  return unlessStamped({ stamp: join(dist, '.web'), hash, results }, async () => {
    await run(bin('vite'), ['build', 'apps/web'], { signal });
    await run(bin('vite'), ['build', 'apps/web', '--config', join(web, 'api-page.vite.config.ts')], {
      signal,
    });
  });
}

/** A source that was renamed or removed leaves its output behind, where an import could still find it. */
function removeOrphans(folder) {
  for (const entry of readdirSync(join(dist, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (path === 'apps/web') continue;
    if (entry.isDirectory()) removeOrphans(path);
    else if (!existsSync(join(root, path.replace(/\.js(\.map)?$/, '.ts')))) rmSync(join(dist, path));
  }
}
