import { execFileSync } from 'node:child_process';

/** What processes hold in memory, added up, in 10^6 bytes. */
export function residentMb(...pids: readonly number[]): number {
  const list = execFileSync('ps', ['-o', 'rss=', '-p', pids.join()], { encoding: 'utf8' });
  const kib = list.trim().split(/\s+/).map(Number);
  return Math.round((kib.reduce((sum, one) => sum + one, 0) * 1024) / 1e6);
}
