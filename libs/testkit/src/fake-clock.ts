import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { fromTestRun } from '#testkit/environment.js';

const exec = promisify(execFile);
const PLACES = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((arch) =>
  join('usr/lib', arch, 'faketime/libfaketime.so.1'),
);

/**
 * Makes clocks that are wrong, by libfaketime (https://github.com/wolfcw/libfaketime): of the system, or unpacked
 * from Debian's package.
 * @returns what makes the environment of a process whose clock is so many minutes ahead; or why there is none.
 */
export async function fakeClock(): Promise<((minutes: number) => Record<string, string>) | string> {
  const library = find('/') ?? (await unpacked());
  if (!existsSync(library)) return library;
  return (minutes) => ({
    LD_PRELOAD: library,
    FAKETIME: `${minutes < 0 ? '-' : '+'}${Math.abs(minutes)}m`,
    // Timers go on as they are; it is the time of day that is wrong.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  });
}

function find(root: string): string | undefined {
  return PLACES.map((place) => join(root, place)).find((path) => existsSync(path));
}

async function unpacked(): Promise<string> {
  const folder = join(fromTestRun('TEST_DIR'), 'faketime');
  try {
    mkdirSync(folder, { recursive: true });
    await exec('apt-get', ['-o', 'APT::Sandbox::User=root', '-q', 'download', 'libfaketime'], {
      cwd: folder,
    });
    for (const file of readdirSync(folder)) await exec('dpkg', ['-x', join(folder, file), folder]);
    return find(folder) ?? 'libfaketime is not where Debian puts it';
  } catch (error) {
    return `libfaketime could not be had: ${String(error).split('\n')[0]}`;
  }
}
