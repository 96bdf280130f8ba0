import type { Tool } from '../tool/definition.js';
import { runTool } from '../tool/tool.js';
import type { Chaos } from './chaos.js';
import type { FaultDefinition } from './fault.js';
import { faults } from './faults.js';
import type { Row } from './row.js';
import { runFault } from './run-fault.js';

const chaos: Tool<FaultDefinition, Row> = {
  command: 'chaos',
  about: `Breaks things under load, on servers of its own, and holds what everybody was told
against what was acknowledged. Ends with 1 when anything was found.`,
  parts: faults,
  scales: { short: 0.01, usual: 0.05, full: 1 },
  columns: [
    { head: 'events', of: ({ events }) => events.toLocaleString('en') },
    { head: 'missing', of: ({ missing }) => missing },
    { head: 'doubled', of: ({ doubled }) => doubled },
    { head: 'phantom', of: ({ phantom }) => phantom },
    { head: 'badge≠list', of: ({ badge }) => badge },
    { head: 'counters≠recount', of: ({ counters }) => counters },
    { head: 'streams≠lists', of: ({ streams }) => streams },
    { head: 'dead/poisoned', of: ({ deadLetters, poisoned }) => `${deadLetters}/${poisoned}` },
    { head: 'POST p99 ms', of: ({ postP99Ms }) => postP99Ms ?? '–' },
    { head: 'longest ms', of: ({ postLongestMs }) => postLongestMs ?? '–' },
    { head: 'recovery ms', of: ({ recoveryMs }) => recoveryMs ?? '–' },
  ],
  run: (fault, { seed, scale, watch }) =>
    runFault(fault, { seed, scale, watch: (running) => watch(() => phaseOf(running)) }),
};

function phaseOf({ phase, acknowledged }: Chaos): string {
  return `${phase}  ${acknowledged} acknowledged`;
}

await runTool(chaos, process.argv.slice(2));
