import type { Column, Row } from './definition.js';
import { toMarkdown, toText } from './table.js';

interface Shaken extends Row {
  readonly times: number;
}

const columns: readonly Column<Shaken>[] = [{ head: 'times', of: ({ times }) => times }];
const well: Shaken = {
  name: 'gently',
  title: 'shaken | gently',
  seed: 7,
  seconds: 1.5,
  notes: ['held for 3 ms'],
  findings: [],
  times: 12_345,
};
const ill: Shaken = {
  ...well,
  name: 'hard',
  title: 'shaken hard',
  times: 2,
  findings: ['it broke\nin two', 'and fell'],
};

describe('the table of a tool', () => {
  it('for a terminal has a line for each row, and under it what was found and how to see it again', () => {
    expect(toText(columns, [well, ill])).toBe(
      [
        'name    times  found',
        'gently  12345      0',
        'hard        2      2',
        '',
        '✗ hard (--only hard --seed 7)',
        '    it broke',
        'in two',
        '    and fell',
        '',
      ].join('\n'),
    );
  });

  it('for a document says what was done and measured, in cells that hold', () => {
    expect(toMarkdown(columns, [well, ill])).toBe(
      [
        '| name | what is done | times | found | measured |',
        '| --- | --- | --- | --- | --- |',
        '| gently | shaken \\| gently | 12345 | 0 | held for 3 ms |',
        '| hard | shaken hard | 2 | 2 | held for 3 ms; it broke in two; and fell |',
        '',
      ].join('\n'),
    );
  });
});
