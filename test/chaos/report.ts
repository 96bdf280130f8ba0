import type { Row } from './row.js';

interface Column {
  readonly head: string;
  readonly of: (row: Row) => string | number;
}

const columns: readonly Column[] = [
  { head: 'fault', of: ({ fault }) => fault },
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
  { head: 'found', of: ({ findings }) => findings.length },
];

/** The table for a terminal, and under it what was found. */
export function toText(rows: readonly Row[]): string {
  const cells = [
    columns.map(({ head }) => head),
    ...rows.map((row) => columns.map(({ of }) => String(of(row)))),
  ];
  const widths = columns.map((_column, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  const table = cells
    .map((line) => line.map((cell, at) => pad(cell, widths[at] ?? 0, at)).join('  '))
    .join('\n');
  const found = rows
    .filter(({ findings }) => findings.length > 0)
    .map(
      ({ fault, seed, findings }) =>
        `\n✗ ${fault} (--seed ${seed})\n${findings.map((each) => `    ${each}\n`).join('')}`,
    );
  return `${table}\n${found.join('')}`;
}

/** The table as docs/reliability.md shows it. */
export function toMarkdown(rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  const withNotes: readonly Column[] = [
    ...columns.slice(0, 1),
    { head: 'what is done', of: ({ title }) => title },
    ...columns.slice(1),
    {
      head: 'measured',
      of: ({ notes, findings }) => [...notes, ...findings].join('; ').replaceAll('|', '\\|'),
    },
  ];
  return [
    line(withNotes.map(({ head }) => head)),
    line(withNotes.map(() => '---')),
    ...rows.map((row) => line(withNotes.map(({ of }) => of(row)))),
  ].join('');
}

/** Names to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
