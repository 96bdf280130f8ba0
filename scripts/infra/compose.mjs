import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beckonDir } from '../paths.mjs';
import { unpackDebianPackages } from './debian-packages.mjs';

const cached = join(beckonDir, 'docker-compose');
const modules =
  'docker dockerpty docopt dotenv distro jsonschema requests texttable websocket yaml six urllib3 attr';
const theirs = 'pyrsistent chardet charset-normalizer idna certifi cached-property pkg-resources';
const packages = ['docker-compose', ...`${modules} ${theirs}`.split(' ').map((name) => `python3-${name}`)];

/**
 * Debian's docker-compose (1.29, which knows profiles and conditions), unpacked into `.beckon/`: it reads and checks
 * files without a Docker engine. It needs the system's Python 3.
 * @returns {Promise<{command: string, args: string[], env: Record<string, string>}>} `args` come before those of compose
 * @throws Error that says why there is none
 */
export async function debianCompose({ signal } = {}) {
  const unpacked = {
    command: 'python3',
    args: [join(cached, 'usr/bin/docker-compose')],
    env: { PYTHONPATH: join(cached, 'usr/lib/python3/dist-packages') },
  };
  if (runs(unpacked)) return unpacked;
  const reason = await unpackDebianPackages(cached, packages, { signal });
  if (reason === '' && runs(unpacked)) return unpacked;
  throw new Error(`no docker-compose: ${reason || 'the unpacked one does not run here'}`);
}

function runs({ command, args, env }) {
  return spawnSync(command, [...args, 'version'], { env: { ...process.env, ...env } }).status === 0;
}
