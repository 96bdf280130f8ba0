import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const stateOfOtherUser = '/var/lib/beckon';
const unshare = ['unshare', '-U', '--map-user=1000', '--map-group=1000'];

/**
 * PostgreSQL refuses to run as root. Gives where its programs and its instance can live, and how to call a
 * program there: as ourselves, as root seen as somebody else in a user namespace, or as another user.
 */
export function postgresAccount(native, dir) {
  if (process.getuid?.() !== 0) return { native, home: dir, call: (command) => ({ command, options: {} }) };
  if (succeeds([...unshare, join(native, 'bin/postgres'), '--version'])) {
    return { native, home: dir, call: (command) => ({ command: [...unshare, ...command], options: {} }) };
  }
  for (const user of ['postgres', '_postgres', 'nobody'].map(lookUp)) {
    const programs = user && readableFor(user, native);
    if (!programs) continue;
    const home = homeOfOtherUser(dir);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    chownSync(home, user.uid, user.gid);
    return { native: programs, home, call: (command) => ({ command, options: { ...user, cwd: home } }) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and neither a user namespace (unshare -U) nor another user worked here. Run this as an ordinary user, or set DATABASE_URL.',
  );
}

/** Another user cannot enter a folder under /root, so its instance lives outside. */
export function homeOfOtherUser(dir) {
  return join(stateOfOtherUser, createHash('sha256').update(dir).digest('hex').slice(0, 16));
}

function lookUp(name) {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
  return uid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
}

function readableFor(user, native) {
  const runs = (folder) => succeeds([join(folder, 'bin/postgres'), '--version'], { ...user, cwd: '/' });
  if (runs(native)) return native;
  const { version } = JSON.parse(readFileSync(join(native, '../package.json'), 'utf8'));
  const copy = join(stateOfOtherUser, `postgres-${version}`);
  if (existsSync(copy) && runs(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(stateOfOtherUser, { recursive: true, mode: 0o755 });
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  rmSync(copy, { recursive: true, force: true });
  renameSync(unfinished, copy);
  return runs(copy) ? copy : undefined;
}

function succeeds([command, ...args], options) {
  return spawnSync(command, args, { stdio: 'ignore', ...options }).status === 0;
}
