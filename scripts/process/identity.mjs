import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const hasProc = existsSync('/proc/self/stat');

/** A zombie answers signal 0 for ever where init does not reap, so it counts as gone. */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !hasProc || !['Z', 'X', undefined].includes(procStat(pid)?.[0]);
}

/** What the process was started with; '' if it is gone. Arguments are separated by single spaces. */
export function commandLine(pid) {
  try {
    if (hasProc) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return '';
  }
}

/** With the pid this names one process for good: pids come round again, start times do not. */
export function startTime(pid) {
  try {
    if (hasProc)
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${procStat(pid)?.[19]}`;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return '';
  }
}

/** Alive, and started with this text (a path that nobody else would use) in its command line. */
export function isOurs(pid, text) {
  return isAlive(pid) && commandLine(pid).includes(text);
}

/** Memory that a process holds, in whole MB (10^6 bytes); 0 if it is gone. */
export function residentMb(pid) {
  try {
    const kib = hasProc
      ? /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
    return Math.round((Number(kib ?? 0) * 1024) / 1e6);
  } catch {
    return 0;
  }
}

function procStat(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
