import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

interface Block {
  readonly heading: string;
  readonly command: string;
}

/** The shell commands of a page, to be run in the order in which they stand there, as somebody who reads it would. */
export class Runbook {
  private readonly blocks: Block[];

  /** @param env what the page expects to be set, on top of what this process has. */
  private constructor(
    page: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.blocks = blocksOf(readFileSync(`docs/runbooks/${page}.md`, 'utf8'));
  }

  static open(page: string, env: Readonly<Record<string, string>>): Runbook {
    return new Runbook(page, env);
  }

  /** Headings of the commands that have not been run. */
  get left(): string[] {
    return this.blocks.map(({ heading }) => heading);
  }

  /** Leaves out what stands before a heading: a page may be entered in the middle. */
  skipTo(heading: string): void {
    while (this.blocks.length > 0 && this.blocks[0]?.heading !== heading) this.blocks.shift();
  }

  /**
   * Runs the next block. Answers what it printed.
   * @param heading where it stands, so that a test says what it runs. @throws Error when the block stands elsewhere or fails
   */
  async next(heading: string): Promise<string> {
    const block = this.blocks.shift();
    if (block?.heading !== heading)
      throw new Error(`the next command stands under "${block?.heading}", not under "${heading}"`);

    const shell = spawn('sh', ['-eu', '-c', block.command], {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    shell.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    shell.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(shell, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${block.command}\nended with ${code}:\n${out}${err}`);
    return out;
  }
}

function blocksOf(markdown: string): Block[] {
  let heading = '';
  let lines: string[] | undefined;
  const blocks: Block[] = [];
  for (const line of markdown.split('\n')) {
    if (lines === undefined && line.startsWith('#')) heading = line.replace(/^#+ /, '');
    else if (lines === undefined && line === '```sh') lines = [];
    else if (lines !== undefined && line === '```') {
      blocks.push({ heading, command: lines.join('\n') });
      lines = undefined;
    } else lines?.push(line);
  }
  return blocks;
}
