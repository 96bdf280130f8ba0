import { readdirSync, readFileSync } from 'node:fs';

import { freePort } from '#testkit/app-process.js';
import { openDatabase, type TestDatabase } from '#testkit/database.js';
import { OwnServer } from '#testkit/own-server.js';

/** A PostgreSQL of a suite's own that keeps what it acknowledged, for those that kill or freeze it. */
export class OwnPostgres {
  private constructor(
    private readonly server: OwnServer,
    /** Its migrated database; connections that break are made anew. Whoever uses it closes it (`drop`). */
    readonly database: TestDatabase,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const server = new OwnServer('postgres', await freePort());
    await server.run();
    return new OwnPostgres(
      server,
      openDatabase(server.url, async () => undefined),
    );
  }

  /** Starts it again after a kill; it recovers from its log. */
  run(): Promise<void> {
    return this.server.run();
  }

  /** The server at once, and with it all that it does. */
  kill(): void {
    this.server.signal('SIGKILL');
  }

  /** Sends SIGSTOP or SIGCONT to the server and to each of its processes. */
  signalAll(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const pid of [this.server.pid, ...childrenOf(this.server.pid)]) {
      try {
        process.kill(pid, signal);
      } catch {
        // A connection that ended meanwhile.
      }
    }
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}
