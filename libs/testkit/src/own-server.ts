import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

import { fromTestRun } from '#testkit/environment.js';

/** A server of a suite's own, kept by a process of its own. Keeps its port and its data over restarts. */
export class OwnServer {
  readonly dir: string;
  url = '';
  pid = 0;
  private runner: ChildProcess | undefined;

  constructor(
    private readonly kind: 'redis' | 'postgres',
    readonly port: number,
  ) {
    this.dir = mkdtempSync(join(fromTestRun('TEST_DIR'), `${kind}-`));
  }

  /** Starts the server, again if it was killed. @throws when it does not start */
  async run(): Promise<void> {
    this.runner?.kill('SIGKILL');
    const runner = spawn(
      process.execPath,
      ['libs/testkit/src/run-server.mjs', this.kind, this.dir, String(this.port)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    this.runner = runner;
    let output = '';
    runner.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const failed = once(runner, 'exit').then(() => Promise.reject(new Error(`${this.kind} did not start`)));
    failed.catch(() => undefined);
    while (output.split('\n').length < 3) await Promise.race([once(runner.stdout, 'data'), failed]);
    const [url = '', pid] = output.split('\n');
    this.url = url;
    this.pid = Number(pid);
  }

  /** Sends a signal to the server itself (SIGKILL, SIGSTOP, SIGCONT). */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  async stop(): Promise<void> {
    const { runner } = this;
    if (runner === undefined || runner.exitCode !== null || runner.signalCode !== null) return;
    const ended = once(runner, 'exit');
    runner.kill('SIGTERM');
    await ended;
  }
}
