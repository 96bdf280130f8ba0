import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/run.mjs';

/**
 * Unpacks packages of Debian or Ubuntu, with the libraries that they name, into `cache`, without installing anything
 * and without root.
 * @param {{signal?: AbortSignal, finish?: (folder: string) => void}} [options] `finish` completes the unpacked folder
 * @returns {Promise<string>} why it could not be done; '' when done
 */
export async function unpackDebianPackages(cache, packages, { signal, finish } = {}) {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg')) return 'none was found on PATH';
  const work = `${cache}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  for (const folder of ['debs', 'apt/state/lists/partial', 'apt/cache/archives/partial']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  try {
    await download(packages, work, signal);
    for (const file of readdirSync(join(work, 'debs'))) {
      await run('dpkg', ['-x', join(work, 'debs', file), join(work, 'root')], { signal });
    }
    finish?.(join(work, 'root'));
    rmSync(cache, { recursive: true, force: true });
    renameSync(join(work, 'root'), cache);
    return '';
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What programs unpacked into `cache` need in their environment. */
export function debianEnvironment(cache) {
  const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu', ''].map((arch) => join(cache, 'usr/lib', arch));
  return { LD_LIBRARY_PATH: libraries.join(':') };
}

/** With the package lists of the system, else (they are missing or out of date) with fresh ones of our own. */
async function download(packages, work, signal) {
  const own = ['-o', `Dir::State=${work}/apt/state`, '-o', `Dir::Cache=${work}/apt/cache`];
  try {
    await downloadWith([], packages, work, signal);
  } catch {
    signal?.throwIfAborted();
    await run('apt-get', [...own, ...unsandboxed, '-q', 'update'], { signal });
    await downloadWith(own, packages, work, signal);
  }
}

async function downloadWith(options, packages, work, signal) {
  const depends = await run(
    'apt-cache',
    [...options, 'depends', '--no-recommends', '--no-suggests', ...packages],
    { signal },
  );
  const libraries = new Set([...depends.matchAll(/Depends: (lib[^\s<]+)/g)].map((match) => match[1]));
  // libc is everywhere; LLVM is large and only for a compiler that is not switched on; scripts are for web pages.
  const wanted = [...packages, ...[...libraries].filter((name) => !/^(libc6$|libllvm|libjs-)/.test(name))];
  await run('apt-get', [...options, ...unsandboxed, '-q', 'download', ...wanted], {
    cwd: join(work, 'debs'),
    signal,
  });
}

// Its helper user could not write into a home folder.
const unsandboxed = ['-o', 'APT::Sandbox::User=root'];
