import { parseArgs } from 'node:util';

import type { FaultDefinition } from './fault.js';

/** What `npm run chaos` was asked for. */
export interface ChaosOptions {
  readonly faults: readonly FaultDefinition[];
  readonly seed: number;
  readonly scale: number;
  /** Goes on with further seeds for so long; once through the faults when left out. */
  readonly minutes: number | undefined;
  readonly markdown: string | undefined;
  readonly json: string | undefined;
}

const SCALES: Readonly<Record<string, number>> = { short: 0.01, usual: 0.05, full: 1 };

const HELP = `npm run chaos -- [options]

Breaks things under load, on servers of its own, and holds what everybody was told
against what was acknowledged. Ends with 1 when anything was found.

  --only a,b        only these faults (--list names them)
  --scale <s>       short (0.01), usual (0.05, the default), full (1), or a factor
  --seed <n>        replays a run
  --minutes <n>     goes on with other seeds for so long
  --markdown <file> writes the table
  --json <file>     writes all that was measured
  --list            names the faults
`;

/** Reads the command line. @returns the text to print when only that was asked for. @throws Error on what it can't read */
export function readOptions(args: string[], all: readonly FaultDefinition[]): ChaosOptions | string {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      seed: { type: 'string' },
      scale: { type: 'string', default: 'usual' },
      minutes: { type: 'string' },
      markdown: { type: 'string' },
      json: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return HELP;
  if (values.list) return all.map(({ name, title }) => `${name.padEnd(24)} ${title}\n`).join('');
  return {
    faults: values.only === undefined ? all : values.only.split(',').map((name) => faultOf(name, all)),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : positive('seed', values.seed),
    scale: SCALES[values.scale] ?? positive('scale', values.scale),
    minutes: values.minutes === undefined ? undefined : positive('minutes', values.minutes),
    markdown: values.markdown,
    json: values.json,
  };
}

function faultOf(name: string, all: readonly FaultDefinition[]): FaultDefinition {
  const found = all.find((fault) => fault.name === name.trim());
  if (found === undefined) throw new Error(`there is no fault ${name}; --list names them`);
  return found;
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} must be a number above 0, and is ${text}`);
  return value;
}
