import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '#testkit/app-process.js';
import { fromTestRun } from '#testkit/environment.js';

/** A Redis of a suite's own, for those that empty, kill or freeze it. Keeps its port and data over restarts. */
export class OwnRedis {
  private runner: ChildProcess | undefined;
  private serverPid = 0;

  private constructor(
    readonly port: number,
    private readonly dir: string,
  ) {}

  static async start(): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), mkdtempSync(join(fromTestRun('TEST_DIR'), 'redis-')));
    await redis.run();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again after a kill, with whatever its append-only file holds. */
  async run(): Promise<void> {
    await this.stop();
    const runner = spawn(process.execPath, ['libs/testkit/src/run-redis.mjs', this.dir, String(this.port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.runner = runner;
    let output = '';
    runner.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    while (output.split('\n').length < 3) {
      await Promise.race([
        once(runner.stdout, 'data'),
        once(runner, 'exit').then(() => Promise.reject(new Error('Redis did not start'))),
      ]);
    }
    this.serverPid = Number(output.split('\n')[1]);
  }

  /** Sends a signal to the server itself (SIGKILL, SIGSTOP, SIGCONT). */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.serverPid, signal);
  }

  async stop(): Promise<void> {
    const { runner } = this;
    if (runner === undefined || runner.exitCode !== null || runner.signalCode !== null) return;
    const ended = once(runner, 'exit');
    runner.kill('SIGTERM');
    await ended;
  }
}
