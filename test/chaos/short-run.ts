import type { FaultDefinition } from './fault.js';
import { faults } from './faults.js';
import type { Row } from './row.js';
import { type RunOptions, runFault } from './run-fault.js';

const SCALE = 0.01;
/** Other suites run beside this one: what is promised for a machine of one's own is only looked at for sanity. */
const PATIENCE = 20;

export const SHORT_RUN_LIMIT_MS = 300_000;

/** Tries a fault at about a hundredth, as one of many suites. */
export async function runShort(name: string, seed: number, options: Partial<RunOptions> = {}): Promise<Row> {
  const fault = faults.find((each) => each.name === name) as FaultDefinition;
  const row = await runFault(fault, { seed, scale: SCALE, patience: PATIENCE, ...options });
  process.stdout.write(`${name}: ${row.events} events in ${row.seconds} s, ${row.notes.join(', ')}\n`);
  return row;
}
