import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Part, Row, Run, Tool } from './definition.js';
import { toMarkdown } from './table.js';
import { runTool } from './tool.js';

describe('a tool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tool-'));
  const [markdown, json] = [join(folder, 'table.md'), join(folder, 'all.json')];
  const written = () => [readFileSync(markdown, 'utf8'), readFileSync(json, 'utf8')];
  afterAll(() => rmSync(folder, { recursive: true }));

  it('runs part after part with the seed that it printed, and writes what is done before it goes on', async () => {
    const [ran, rows]: [unknown[], Row[]] = [[], []];
    const tool: Tool<Part, Row> = {
      command: 'shake',
      about: '',
      parts: ['gently', 'hard'].map((name) => ({ name, title: `shaken ${name}` })),
      scales: { short: 0.01, usual: 0.05, full: 1 },
      columns: [{ head: 'seconds', of: ({ seconds }) => seconds }],
      run: (part: Part, { seed, scale }: Run) => {
        ran.push([part.name, seed, scale, printed.join('')]);
        if (rows.length > 0) expect(written()).toEqual([toMarkdown(tool.columns, rows), asJson(rows)]);
        const row = { ...part, seed, seconds: 1, notes: [], findings: [] };
        rows.push(row);
        return Promise.resolve(row);
      },
    };
    const printed: string[] = [];
    const print = jest
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => printed.push(String(text)) > 0);
    await runTool(tool, ['--seed', '7', '--markdown', markdown, '--json', json]).finally(() =>
      print.mockRestore(),
    );

    const begin = 'seed 7, scale 0.05\n';
    expect(ran).toEqual([
      ['gently', 7, 0.05, begin],
      ['hard', 7, 0.05, `${begin}✓ gently: shaken gently, 1 s\n`],
    ]);
    expect(written()).toEqual([toMarkdown(tool.columns, rows), asJson(rows)]);
  });
});

function asJson(rows: readonly Row[]): string {
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}
