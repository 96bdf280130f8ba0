import { readFileSync } from 'node:fs';

import { blocksOf, isSeen } from '#testkit/page-blocks.js';
import { Shell } from '#testkit/shell.js';
import { until } from '#testkit/until.js';

export interface Circumstances {
  /** What the page expects to be set, on top of what this process has. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder that the reader is in. */
  readonly cwd?: string;
  /** Makes of the page what holds here, such as another port. */
  readonly edit?: (markdown: string) => string;
}

interface Command {
  readonly heading: string;
  readonly text: string;
  /** What the page says that is seen then, of this or of what runs in the background. */
  shown?: string;
}

/**
 * The shell commands of a page, to be run in the order in which they stand there, as somebody who reads it would: in
 * one terminal, and looking for what the page shows.
 */
export class Runbook {
  private readonly commands: Command[];
  private readonly shell: Shell;

  private constructor(page: string, { env = {}, cwd, edit = (markdown) => markdown }: Circumstances) {
    this.commands = commandsOf(edit(readFileSync(page, 'utf8')));
    this.shell = Shell.open(env, cwd);
  }

  /** Opens a page of `docs/runbooks`. */
  static open(name: string, env: Readonly<Record<string, string>>): Runbook {
    return Runbook.read(`docs/runbooks/${name}.md`, { env });
  }

  /** Opens any page. @param page its path in the repository */
  static read(page: string, circumstances: Circumstances): Runbook {
    return new Runbook(page, circumstances);
  }

  /** Headings of the commands that have not been run. */
  get left(): string[] {
    return this.commands.map(({ heading }) => heading);
  }

  /** Leaves out what stands before a heading: a page may be entered in the middle. */
  skipTo(heading: string): void {
    while (this.commands.length > 0 && this.commands[0]?.heading !== heading) this.commands.shift();
  }

  /** Leaves a command out that the test has seen to itself. @throws Error when it is not the next */
  skip(text: string): void {
    const next = this.commands.shift()?.text;
    if (next !== text) throw new Error(`the next command is "${next}", not "${text}"`);
  }

  /**
   * Runs the next command and waits until what the page shows is seen. After the last one the terminal is closed.
   * @param heading where it stands, so that a test says what it runs. @returns what it printed
   * @throws Error when it stands elsewhere, fails, or does not do what the page says
   */
  async next(heading: string): Promise<string> {
    const command = this.commands.shift();
    if (command?.heading !== heading)
      throw new Error(`the next command stands under "${command?.heading}", not under "${heading}"`);
    const { text, shown = '' } = command;
    try {
      const out = await this.shell.run(text);
      await until(() => isSeen(shown, this.shell.printed)).catch(() => {
        throw new Error(`${text}\nprinted\n${this.shell.printed}\nand not, as the page says,\n${shown}`);
      });
      const unexpected = errorsIn(this.shell.printed).filter((code) => !shown.includes(code));
      if (unexpected.length > 0) throw new Error(`${text}\nwas refused: ${this.shell.printed}`);
      return out;
    } finally {
      if (this.commands.length === 0) await this.shell.close();
    }
  }

  /** Leaves the page where it is, and ends what runs in the background. */
  close(): Promise<void> {
    return this.shell.close();
  }
}

/** What a `sh` block tells to type, each with the `text` or `json` block that comes next. */
function commandsOf(markdown: string): Command[] {
  const commands: Command[] = [];
  for (const { heading, info, text } of blocksOf(markdown)) {
    const last = commands.at(-1);
    if (info === 'sh') commands.push({ heading, text });
    else if ((info === 'text' || info === 'json') && last?.heading === heading) last.shown ??= text;
  }
  return commands;
}

/** Codes of problems that were printed. One that says "not now" is answered by trying again. */
function errorsIn(printed: string): string[] {
  const codes = [...printed.matchAll(/"urn:beckon:error:(\w+)"/g)].map(([, code = '']) => code);
  return codes.filter((code) => code !== 'DEPENDENCY_UNAVAILABLE');
}
