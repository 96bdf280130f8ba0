import { readFileSync } from 'node:fs';

import type { OwnRedis } from '#testkit/own-redis.js';

const EVERY_MS = 250;
const MB = 1024 * 1024;

/** Watches how much memory a process and a Redis take at most. */
export class MemoryWatch {
  rssMb = 0;
  redisMb = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly pidOf: () => number,
    private readonly redis: OwnRedis | undefined,
  ) {
    this.timer = setInterval(() => void this.look(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** What the process holds now. */
  now(): number {
    return rssOf(this.pidOf());
  }

  private async look(): Promise<void> {
    this.rssMb = Math.max(this.rssMb, this.now());
    const info = await this.redis?.admin.info('memory').catch(() => undefined);
    const used = /used_memory:(\d+)/.exec(info ?? '')?.[1];
    if (used !== undefined) this.redisMb = Math.max(this.redisMb, Math.round(Number(used) / MB));
  }
}

/** Resident memory of a process in MB; 0 when it is gone. */
function rssOf(pid: number): number {
  try {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kb) / 1024);
  } catch {
    return 0;
  }
}
