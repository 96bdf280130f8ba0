import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { withPart } from '../../../scripts/docs/made-part.mjs';
import { settings, settingsTable } from '../../../scripts/docs/settings-table.mjs';
import { environment, services } from './config.js';

const page = readFileSync(settings.page, 'utf8');

describe('docs/configure.md', () => {
  it('says what the schema says; if not, run npm run docs:configure', () => {
    expect(page).toBe(withPart(page, settings, settingsTable({ environment, services })));
  });

  it('names every variable', () => {
    expect([...settingsOf(page).keys()]).toEqual(expect.arrayContaining(Object.keys(environment.shape)));
  });

  it('names what the examples read', () => {
    const files = readdirSync('examples').filter((file) => file.endsWith('.ts'));
    const read = files.flatMap((file) => [
      ...readFileSync(join('examples', file), 'utf8').matchAll(/process\.env\.(\w+)/g),
    ]);
    expect(read.length).toBeGreaterThan(4);
    const named = settingsOf(page);
    expect(read.map(([, name = '']) => name).filter((name) => !named.has(name))).toEqual([]);
  });

  it('has every setting of the README, with the default that is told there', () => {
    const own = settingsOf(page);
    const [, told = ''] = readFileSync('README.md', 'utf8').split('\n## Configuration\n');
    const named = settingsOf(told.split('\n## ')[0] ?? '');
    expect(named.size).toBeGreaterThan(5);
    for (const [name, fallback] of named) expect([name, fallback]).toEqual([name, own.get(name)]);
  });
});

/** By each name in the first column of a table, what the column "default" says; what is needed has none. */
function settingsOf(markdown: string): Map<string, string | undefined> {
  let column = -1;
  const found = new Map<string, string | undefined>();
  for (const line of markdown.split('\n').filter((each) => each.startsWith('| '))) {
    const cells = line.split('|').map((cell) => cell.trim());
    if (cells.includes('default')) column = cells.indexOf('default');
    for (const [, name = ''] of cells[1]?.matchAll(/`([A-Z][A-Z0-9_]+)`/g) ?? [])
      found.set(name, cells[column]?.replace(/\*/g, ''));
  }
  return found;
}
