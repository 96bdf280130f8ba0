import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/run.mjs';

/**
 * Unpacks Redis and its libraries from Debian's or Ubuntu's `redis-tools` into `cache`, without installing
 * anything and without root.
 * @returns {Promise<string>} why it could not be done; '' when done
 */
export async function unpackDebianRedis(cache, { signal } = {}) {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg')) return 'none was found on PATH';
  const work = `${cache}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  for (const folder of ['debs', 'apt/state/lists/partial', 'apt/cache/archives/partial']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  try {
    await download(work, signal);
    for (const file of readdirSync(join(work, 'debs'))) {
      await run('dpkg', ['-x', join(work, 'debs', file), join(work, 'root')], { signal });
    }
    linkServer(join(work, 'root'));
    rmSync(cache, { recursive: true, force: true });
    renameSync(join(work, 'root'), cache);
    return '';
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** With the package lists of the system, else (they are missing or out of date) with fresh ones of our own. */
async function download(work, signal) {
  const own = ['-o', `Dir::State=${work}/apt/state`, '-o', `Dir::Cache=${work}/apt/cache`];
  try {
    await downloadWith([], work, signal);
  } catch {
    signal?.throwIfAborted();
    await run('apt-get', [...own, ...unsandboxed, '-q', 'update'], { signal });
    await downloadWith(own, work, signal);
  }
}

async function downloadWith(options, work, signal) {
  const depends = await run(
    'apt-cache',
    [...options, 'depends', '--no-recommends', '--no-suggests', 'redis-tools'],
    { signal },
  );
  const libraries = [...depends.matchAll(/Depends: (lib[^\s<]+)/g)].map((match) => match[1]);
  const packages = ['redis-tools', ...libraries.filter((name) => !/^libc6$/.test(name))];
  await run('apt-get', [...options, ...unsandboxed, '-q', 'download', ...packages], {
    cwd: join(work, 'debs'),
    signal,
  });
}

// Its helper user could not write into a home folder.
const unsandboxed = ['-o', 'APT::Sandbox::User=root'];

/** The server is the same program as redis-check-rdb and goes by its name. */
function linkServer(folder) {
  const server = join(folder, 'usr/bin/redis-server');
  if (!existsSync(server)) symlinkSync('redis-check-rdb', server);
}
