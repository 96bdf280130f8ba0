import { writeFileSync } from 'node:fs';

import type { Chaos } from './chaos.js';
import type { FaultDefinition } from './fault.js';
import { faults } from './faults.js';
import { type ChaosOptions, readOptions } from './options.js';
import { showProgress } from './progress.js';
import { toMarkdown, toText } from './report.js';
import type { Row } from './row.js';
import { runFault } from './run-fault.js';

/** Every fault that was asked for, one after the other. Answers the exit code. */
async function run(options: ChaosOptions): Promise<number> {
  const rows: Row[] = [];
  const until = Date.now() + (options.minutes ?? 0) * 60_000;
  let { seed } = options;
  do {
    for (const fault of options.faults) {
      rows.push(await runShown(fault, seed, options.scale));
      save(rows, options);
    }
    seed++;
  } while (Date.now() < until);
  process.stdout.write(`\n${toText(rows)}`);
  return rows.some(({ findings }) => findings.length > 0) ? 1 : 0;
}

async function runShown(fault: FaultDefinition, seed: number, scale: number): Promise<Row> {
  let watched: Chaos | undefined;
  const hide = showProgress(fault.name, () => watched);
  try {
    const row = await runFault(fault, { seed, scale, watch: (chaos) => (watched = chaos) });
    hide();
    const sign = row.findings.length === 0 ? '✓' : '✗';
    const said = [...row.notes, ...row.findings].map((text) => `    ${text}\n`).join('');
    process.stdout.write(
      `${sign} ${fault.name}: ${fault.title}, ${row.events} events, ${row.seconds} s\n${said}`,
    );
    return row;
  } finally {
    hide();
  }
}

function save(rows: readonly Row[], { markdown, json }: ChaosOptions): void {
  if (markdown !== undefined) writeFileSync(markdown, toMarkdown(rows));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, undefined, 2)}\n`);
}

process.on('SIGTERM', () => process.exit(143));
process.on('SIGINT', () => process.exit(130));
const options = readOptions(process.argv.slice(2), faults);
if (typeof options === 'string') process.stdout.write(options);
else {
  process.stdout.write(`seed ${options.seed}, scale ${options.scale}\n`);
  process.exitCode = await run(options);
}
