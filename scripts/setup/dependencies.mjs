import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { run } from '../process/run.mjs';

/** Whether node_modules holds just what package-lock.json says, by the copy of it that npm keeps there. */
export function dependenciesAreCurrent() {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const { '': _project, ...locked } = readLock(join(root, 'package-lock.json'));
  const installed = readLock(installedFile);
  const same = (name) =>
    locked[name]?.version === installed[name].version && locked[name]?.resolved === installed[name].resolved;
  return (
    Object.keys(installed).every(same) &&
    Object.keys(locked).every((name) => installed[name] || locked[name].optional || locked[name].peer)
  );
}

export async function installDependencies({ signal }) {
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm ? [process.execPath, npm] : ['npm'];
  await run(command, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund'], { signal });
}

function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
