import { writeFileSync } from 'node:fs';

import type { Part, Row, Tool } from './definition.js';
import { readOptions, type ToolOptions } from './options.js';
import { showProgress } from './progress.js';
import { toMarkdown, toText } from './table.js';

// By an exit, the testkit ends the processes that it has started; a signal alone would leave them running.
process.on('SIGTERM', () => process.exit(143));
process.on('SIGINT', () => process.exit(130));

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
