import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/** None of them outlives the suite, however that ends. */
const open = new Set<Shell>();
process.on('exit', () => {
  for (const shell of open) shell.kill();
});

/** A reader's terminal: what one command sets or leaves in the background is there for the next. */
export class Shell {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  /** Ends the output of each command. */
  private readonly mark = randomUUID();
  private out = '';
  private err = '';
  private look: () => void = () => undefined;

  private constructor(env: Readonly<Record<string, string>>, cwd: string) {
    this.child = spawn('sh', ['-eu'], { env: { ...process.env, ...env }, cwd, detached: true });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.out += chunk.toString();
      this.look();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    // A command that ends the shell is told by its end.
    this.child.stdin?.on('error', () => undefined);
    this.ended = once(this.child, 'exit').then(() => {
      this.kill();
      this.look();
    });
    open.add(this);
    // A page that a failed test left in the middle keeps no suite from ending.
    this.child.unref();
    for (const pipe of this.child.stdio) (pipe as Socket | null)?.unref();
  }

  /** @param env on top of what this process has. */
  static open(env: Readonly<Record<string, string>>, cwd = '.'): Shell {
    return new Shell(env, cwd);
  }

  /** What was printed since the command that was given last, by what runs in the background too. */
  get printed(): string {
    return this.out.replaceAll(`${this.mark}\n`, '');
  }

  /** Runs a command. @returns what it printed. @throws Error when it fails; then the shell has ended */
  async run(command: string): Promise<string> {
    this.out = this.err = '';
    const quoted = command.replaceAll(`'`, String.raw`'\''`);
    const done = new Promise<void>((resolve) => {
      this.look = () => {
        if (this.out.includes(this.mark) || !this.running) resolve();
      };
    });
    this.child.stdin?.write(`eval '${quoted}' </dev/null\necho ${this.mark}\n`);
    await done;
    if (!this.out.includes(this.mark))
      throw new Error(`${command}\nended with ${this.child.exitCode}:\n${this.out}${this.err}`);
    return this.printed;
  }

  /** Ends the shell and all that it left in the background. */
  async close(): Promise<void> {
    this.kill();
    await this.ended;
  }

  kill(): void {
    // Once: later the number may be another's.
    if (!open.delete(this)) return;
    try {
      // The whole group: its background jobs too.
      process.kill(-(this.child.pid ?? 0), 'SIGKILL');
    } catch {
      // It has ended, and so have they.
    }
  }

  private get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
}
