import { EventEmitter, once } from 'node:events';

import type { FaultPoint } from '../fault-point.js';

/** What is to happen at a step. Arrives as JSON in BECKON_FAULTS, or as `{ faults: Fault[] }` over the IPC channel. */
export interface Fault {
  readonly at: FaultPoint;
  /**
   * `kill` ends the process as SIGKILL does; `hang` never comes back, `hold` when faults are armed anew; `outage` is
   * PostgreSQL going away.
   */
  readonly does: 'kill' | 'throw' | 'outage' | 'hang' | 'hold';
  /** Only when the JSON of what is worked on contains this. */
  readonly about?: string;
  /** How many passes are let through first; 0 when left out. */
  readonly after?: number;
  /** How often it happens; always when left out. */
  readonly times?: number;
}

// A test's own channel, not a setting of Beckon: no other process loads this module.
// eslint-disable-next-line node/no-process-env
let armed = arm(JSON.parse(process.env['BECKON_FAULTS'] ?? '[]') as Fault[]);

const armedAnew = new EventEmitter().setMaxListeners(0);

process.on('message', (message: { faults?: Fault[] }) => {
  if (message.faults === undefined) return;
  armed = arm(message.faults);
  armedAnew.emit('armed');
});
// Listening must not keep the process from ending.
process.channel?.unref();

export async function faultPoint(name: FaultPoint, about?: unknown): Promise<void> {
  const fault = armed.find((candidate) => candidate.at === name && isAbout(candidate, about));
  if (fault === undefined || fault.left === 0 || fault.skip-- > 0) return;
  fault.left--;
  if (fault.does === 'kill') process.kill(process.pid, 'SIGKILL');
  if (fault.does === 'throw') throw new Error(`fault at ${name}`);
  if (fault.does === 'outage') throw Object.assign(new Error(`outage at ${name}`), { code: '57P01' });
  await (fault.does === 'hold' ? once(armedAnew, 'armed') : new Promise(() => undefined));
}

function arm(faults: readonly Fault[]) {
  return faults.map((fault) => ({ ...fault, skip: fault.after ?? 0, left: fault.times ?? Infinity }));
}

function isAbout({ about }: Fault, subject: unknown): boolean {
  return about === undefined || JSON.stringify(subject).includes(about);
}
