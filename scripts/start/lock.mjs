import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beckonDir } from '../paths.mjs';
import { isAlive, startTime } from '../process/identity.mjs';

const lockFile = join(beckonDir, 'start.json');

/** One `npm start` a clone. A lock whose owner was killed is taken over. */
export function takeLock(port) {
  const mine = `${lockFile}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, startTime: startTime(process.pid), port }));
  try {
    for (let attempt = 0; ; attempt++) {
      if (linked(mine)) return true;
      const owner = lockOwner();
      if (owner) throw new Error(alreadyRunning(owner));
      if (attempt === 5) throw new Error(`${lockFile} cannot be replaced; remove it.`);
      rmSync(lockFile, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

export function releaseLock() {
  if (readOwner()?.pid === process.pid) rmSync(lockFile, { force: true });
}

/** The `npm start` that runs from this clone, if one does. @returns {{pid: number, port: number} | undefined} */
export function lockOwner() {
  const owner = readOwner();
  return owner && isAlive(owner.pid) && startTime(owner.pid) === owner.startTime ? owner : undefined;
}

function linked(mine) {
  try {
    linkSync(mine, lockFile);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner() {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8'));
  } catch {
    return undefined;
  }
}

function alreadyRunning({ pid, port }) {
  return `Beckon already runs from this folder (process ${pid}): http://localhost:${port}\nStop that one first: Ctrl-C there, or kill ${pid}`;
}
