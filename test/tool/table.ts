import type { Column, Row } from './definition.js';

/** The table for a terminal, and under it what was found. */
export function toText<R extends Row>(between: readonly Column<R>[], rows: readonly R[]): string {
  const columns = [nameOf<R>(), ...between, foundOf<R>()];
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
      ({ name, seed, findings }) =>
        `\n✗ ${name} (--only ${name} --seed ${seed})\n${findings.map((each) => `    ${each}\n`).join('')}`,
    );
  return `${table}\n${found.join('')}`;
}

/** The table as the documents show it, with what was done and measured in words. */
export function toMarkdown<R extends Row>(between: readonly Column<R>[], rows: readonly R[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |\n`;
  const columns: readonly Column<R>[] = [
    nameOf<R>(),
    { head: 'what is done', of: ({ title }) => title },
    ...between,
    foundOf<R>(),
    { head: 'measured', of: ({ notes, findings }) => [...notes, ...findings].join('; ') },
  ];
  return [
    line(columns.map(({ head }) => head)),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map(({ of }) => of(row)))),
  ].join('');
}

const nameOf = <R extends Row>(): Column<R> => ({ head: 'name', of: ({ name }) => name });
const foundOf = <R extends Row>(): Column<R> => ({ head: 'found', of: ({ findings }) => findings.length });

/** Names to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
