import { writeFileSync } from 'node:fs';

import { readOptions, type ToolOptions } from './options.js';
import { showProgress } from './progress.js';
import { type Column, toMarkdown, toText } from './table.js';

/** One thing that a tool tries. */
export interface Part {
  /** As `--only` takes it. */
  readonly name: string;
  /** What is done, as the table says it. */
  readonly title: string;
}

/** What came of one part: a row of the table. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly seed: number;
  readonly seconds: number;
  /** What was measured, in words. */
  readonly notes: readonly string[];
  /** What must not be; empty when all is well. */
  readonly findings: readonly string[];
}

export interface Run {
  readonly seed: number;
  readonly scale: number;
  /** Takes a function that says what goes on, for who watches. */
  readonly watch: (phase: () => string) => void;
}

/** A long form of tests, as a command: `npm run <command>`. */
export interface Tool<P extends Part, R extends Row> {
  readonly command: string;
  /** What it does and when it ends with 1, for `--help`. */
  readonly about: string;
  readonly parts: readonly P[];
  /** What `--scale` calls them; `usual` is the default. */
  readonly scales: Readonly<Record<'short' | 'usual' | 'full', number>>;
  /** The columns between a part's name and what was found. */
  readonly columns: readonly Column<R>[];
  run(part: P, run: Run): Promise<R>;
}

/** Runs what the arguments ask for, part after part, and prints the table; sets the exit code to 1 when anything was found. */
export async function runTool<P extends Part, R extends Row>(
  tool: Tool<P, R>,
  args: string[],
): Promise<void> {
  const options = readOptions(tool, args);
  if (typeof options === 'string') return void process.stdout.write(options);
  process.stdout.write(`seed ${options.seed}, scale ${options.scale}\n`);
  const rows: R[] = [];
  const until = Date.now() + (options.minutes ?? 0) * 60_000;
  let { seed } = options;
  do {
    for (const part of options.parts) {
      rows.push(await runShown(tool, part, seed, options.scale));
      save(tool, rows, options);
    }
    seed++;
  } while (Date.now() < until);
  process.stdout.write(`\n${toText(tool.columns, rows)}`);
  if (rows.some(({ findings }) => findings.length > 0)) process.exitCode = 1;
}

async function runShown<P extends Part, R extends Row>(
  tool: Tool<P, R>,
  part: P,
  seed: number,
  scale: number,
): Promise<R> {
  let phase = () => 'starting';
  const hide = showProgress(part.name, () => phase());
  try {
    const row = await tool.run(part, { seed, scale, watch: (next) => (phase = next) });
    hide();
    const sign = row.findings.length === 0 ? '✓' : '✗';
    const said = [...row.notes, ...row.findings].map((text) => `    ${text}\n`).join('');
    process.stdout.write(`${sign} ${part.name}: ${part.title}, ${row.seconds} s\n${said}`);
    return row;
  } finally {
    hide();
  }
}

function save<P extends Part, R extends Row>(
  { columns }: Tool<P, R>,
  rows: readonly R[],
  { markdown, json }: ToolOptions<P>,
): void {
  if (markdown !== undefined) writeFileSync(markdown, toMarkdown(columns, rows));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, undefined, 2)}\n`);
}
