import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beckonDir } from '../paths.mjs';
import { debianEnvironment, unpackDebianPackages } from './debian-packages.mjs';

const version = 15;
const installed = `/usr/lib/postgresql/${version}`;
const cached = join(beckonDir, `postgresql-${version}`);

/**
 * Debian's PostgreSQL 15 with its tools, which are what many servers are backed up with: the installed one, or one
 * unpacked into `.beckon/`. For `startPostgres`; `native` holds `bin/`, `env` is what its programs need.
 * @throws Error that says why there is none
 */
export async function debianPostgres({ signal } = {}) {
  const unpacked = {
    native: join(cached, installed),
    env: debianEnvironment(cached),
    locale: ['--locale', 'C.UTF-8'],
  };
  const candidates = [{ ...unpacked, native: installed, env: {} }, unpacked];
  const found = candidates.find(runs);
  if (found !== undefined) return found;
  const packages = [`postgresql-${version}`, `postgresql-client-${version}`, 'libsasl2-2'];
  const reason = await unpackDebianPackages(cached, packages, { signal });
  if (reason === '' && runs(unpacked)) return unpacked;
  throw new Error(`no PostgreSQL ${version}: ${reason || 'the unpacked one does not run here'}`);
}

function runs({ native, env }) {
  const programs = ['postgres', 'initdb', 'pg_dump', 'pg_restore', 'psql'].map((name) =>
    join(native, 'bin', name),
  );
  const starts = (program) =>
    existsSync(program) &&
    spawnSync(program, ['--version'], { env: { ...process.env, ...env } }).status === 0;
  return programs.every(starts);
}
