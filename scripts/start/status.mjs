import { table } from '../ops/table.mjs';
import { residentMb } from '../process/identity.mjs';
import { readiness } from './processes.mjs';

const intervalMs = 2000;
const interactive = Boolean(process.stdout.isTTY) && !process.env.CI;

/**
 * What the processes of a Beckon are doing, for as long as it runs: a table that is drawn anew on a terminal; else the
 * table once, and a line whenever the state of one changes.
 */
export function statusScreen() {
  let drawn = [];
  const erase = () => {
    if (interactive && drawn.length > 0) process.stdout.write(`\x1b[${drawn.length}A\x1b[J`);
  };
  const draw = (lines) => {
    erase();
    // A line that goes on in the next row would not be erased.
    drawn = interactive ? lines.map((line) => line.slice(0, process.stdout.columns - 1)) : lines;
    console.log(drawn.join('\n'));
  };
  return {
    /** Prints a line above the table. */
    print(line) {
      erase();
      console.log(line);
      if (interactive && drawn.length > 0) console.log(drawn.join('\n'));
    },
    /** Begins to look after the processes. @returns what ends it */
    show(processes) {
      let states = [];
      let ended = false;
      let timer;
      const look = async () => {
        const found = await Promise.all(processes.map(stateOf));
        if (ended) return;
        if (interactive || states.length === 0) draw(tableOf(found));
        else for (const line of changes(states, found)) console.log(line);
        states = found;
      };
      // One look at a time, however long it takes.
      const again = () => ended || (timer = setTimeout(() => void look().then(again), intervalMs));
      void look().then(again);
      return async () => {
        ended = true;
        clearTimeout(timer);
      };
    },
  };
}

async function stateOf({ name, pid, url }) {
  return { name, pid, port: new URL(url).port, state: await readiness(url), mb: residentMb(pid) };
}

function tableOf(states) {
  const rows = states.map(({ name, pid, port, state, mb }) => [name, pid, port, state, `${mb} MB`]);
  const total = states.reduce((sum, { mb }) => sum + mb, 0);
  return table(['process', 'pid', 'port', 'state', 'memory'], [...rows, ['', '', '', '', `${total} MB`]])
    .split('\n')
    .map((line) => `  ${line}`.trimEnd());
}

function changes(before, after) {
  return after
    .filter(({ state }, index) => state !== before[index].state)
    .map(({ name, pid, state }) => `  ${name} (process ${pid}) is ${state}`);
}
