import { existsSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { beckonDir } from '../paths.mjs';
import { run } from '../process/run.mjs';
import { debianEnvironment, unpackDebianPackages } from './debian-packages.mjs';

const exec = promisify(execFile);
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * Finds a Chromium: on PATH, unpacked before into `cache`, or now: installed where we are root on Debian or Ubuntu,
 * else unpacked there, which is enough if the system has the libraries that any desktop has.
 * @returns {Promise<{command: string, env: Record<string, string>}>} `env` is what its libraries need
 * @throws Error that says why there is none
 */
export async function chromium({ cache = join(beckonDir, 'chromium'), signal } = {}) {
  const unpacked = { command: join(cache, 'usr/lib/chromium/chromium'), env: debianEnvironment(cache) };
  const candidates = [...onPath().map((command) => ({ command, env: {} })), unpacked];
  const found = await firstThatRuns(candidates);
  if (found) return found;
  const reason = await obtain(cache, signal).catch((error) => error.message.split('\n').at(-1));
  signal?.throwIfAborted();
  const obtained = await firstThatRuns([{ command: '/usr/bin/chromium', env: {} }, unpacked]);
  if (obtained) return obtained;
  throw new Error(`no Chromium: ${reason || 'the one of this system does not run here'}`);
}

/** @returns {Promise<string>} why there can be none; '' when there may be one now */
async function obtain(cache, signal) {
  if (!existsSync('/usr/bin/apt-get')) return 'none was found on PATH';
  if (process.getuid?.() !== 0)
    return unpackDebianPackages(cache, ['chromium', 'chromium-common'], { signal });
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // Another suite may be installing it at the same time.
  const install = [
    '-q',
    '-y',
    '-o',
    'DPkg::Lock::Timeout=300',
    '--no-install-recommends',
    'install',
    'chromium',
  ];
  try {
    await run('apt-get', install, { env, signal });
  } catch {
    signal?.throwIfAborted();
    await run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', 'update'], { env, signal });
    await run('apt-get', install, { env, signal });
  }
  return '';
}

/** Absolute, as whoever starts it may want. */
function onPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .filter((path) => existsSync(path));
}

async function firstThatRuns(candidates) {
  for (const candidate of candidates) {
    const env = { ...process.env, ...candidate.env };
    const runs = await exec(candidate.command, ['--version'], { env, timeout: 20_000 }).then(
      ({ stdout }) => /^(chromium|google chrome)/i.test(stdout.trim()),
      () => false,
    );
    if (runs) return candidate;
  }
  return undefined;
}
