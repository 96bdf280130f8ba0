import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beckonDir } from '../paths.mjs';
import { unpackDebianPackages } from './debian-packages.mjs';

const cached = join(beckonDir, 'prometheus');
const unpacked = join(cached, 'usr/bin/promtool');

/**
 * Prometheus's tool that checks and tries rules: the one on PATH, or Debian's, unpacked into `.beckon/`.
 * @returns {Promise<string>} its command
 * @throws Error that says why there is none
 */
export async function promtool({ signal } = {}) {
  const found = ['promtool', unpacked].find(runs);
  if (found !== undefined) return found;
  const reason = await unpackDebianPackages(cached, ['prometheus'], { signal });
  if (reason === '' && runs(unpacked)) return unpacked;
  throw new Error(`no promtool: ${reason || 'the unpacked one does not run here'}`);
}

function runs(command) {
  return spawnSync(command, ['--version']).status === 0;
}
