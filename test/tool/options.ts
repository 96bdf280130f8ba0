import { parseArgs } from 'node:util';

import type { Part, Row, Tool } from './definition.js';

/** What a tool was asked for. */
export interface ToolOptions<P> {
  readonly parts: readonly P[];
  readonly seed: number;
  readonly scale: number;
  /** Goes on with further seeds for so long; once through the parts when left out. */
  readonly minutes: number | undefined;
  readonly markdown: string | undefined;
  readonly json: string | undefined;
}

/** Reads the command line. @returns the text to print when only that was asked for. @throws Error on what it can't read */
export function readOptions<P extends Part, R extends Row>(
  tool: Tool<P, R>,
  args: string[],
): ToolOptions<P> | string {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      seed: { type: 'string' },
      scale: { type: 'string' },
      minutes: { type: 'string' },
      markdown: { type: 'string' },
      json: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return helpOf(tool);
  if (values.list) return tool.parts.map(({ name, title }) => `${name.padEnd(24)} ${title}\n`).join('');
  const scales: Readonly<Record<string, number>> = tool.scales;
  const scale = values.scale ?? (values.only === undefined ? 'usual' : 'full');
  return {
    parts:
      values.only === undefined
        ? tool.parts
        : values.only.split(',').map((name) => partOf(name.trim(), tool.parts)),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : positive('seed', values.seed),
    scale: scales[scale] ?? positive('scale', scale),
    minutes: values.minutes === undefined ? undefined : positive('minutes', values.minutes),
    markdown: values.markdown,
    json: values.json,
  };
}

function helpOf<P extends Part, R extends Row>({ command, about, scales }: Tool<P, R>): string {
  return `npm run ${command} -- [options]

${about}

  --only a,b        only these (--list names them)
  --scale <s>       short (${scales.short}), usual (${scales.usual}; the default for all), full (${scales.full}; the default with
                    --only), or a factor
  --seed <n>        replays a run
  --minutes <n>     goes on with other seeds for so long
  --markdown <file> writes the table
  --json <file>     writes all that was measured
  --list            names what there is
`;
}

function partOf<P extends Part>(name: string, all: readonly P[]): P {
  const found = all.find((part) => part.name === name);
  if (found === undefined) throw new Error(`there is no ${name}; --list names what there is`);
  return found;
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} must be a number above 0, and is ${text}`);
  return value;
}
