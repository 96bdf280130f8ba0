import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { freePort } from '#testkit/app-process.js';
import { OwnServer } from '#testkit/own-server.js';

/** A Redis of a suite's own, for those that empty, kill or freeze it. Keeps its port and data over restarts. */
export class OwnRedis {
  /** For commands of the suite; connects when it is used. */
  readonly admin: Redis;

  private constructor(private readonly server: OwnServer) {
    this.admin = new Redis(this.url, { lazyConnect: true, retryStrategy: () => 200 });
    this.admin.on('error', () => undefined);
  }

  static async start(): Promise<OwnRedis> {
    const server = new OwnServer('redis', await freePort());
    await server.run();
    return new OwnRedis(server);
  }

  get port(): number {
    return this.server.port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again after a kill, with whatever its append-only file holds. */
  run(): Promise<void> {
    return this.server.run();
  }

  /** Starts it again after a kill, with nothing. */
  async runEmpty(): Promise<void> {
    const { dir } = this.server;
    for (const name of readdirSync(dir))
      if (/^appendonly|\.rdb$/.test(name)) rmSync(join(dir, name), { recursive: true });
    await this.run();
  }

  /** Sends a signal to the server itself (SIGKILL, SIGSTOP, SIGCONT). */
  signal(signal: NodeJS.Signals): void {
    this.server.signal(signal);
  }

  async stop(): Promise<void> {
    this.admin.disconnect();
    await this.server.stop();
  }
}
