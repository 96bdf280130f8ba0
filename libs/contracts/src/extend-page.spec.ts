import { readFileSync } from 'node:fs';

import { applyExample, examplePatch, filesOfPatch } from '../../../scripts/docs/example-patch.mjs';

const page = readFileSync('docs/extend.md', 'utf8');
const patch = readFileSync(examplePatch, 'utf8');
const excerpts = [...page.matchAll(/^```diff\n(.*?)^```$/gms)].map(([, lines = '']) => lines);

describe('docs/extend.md', () => {
  it('has a patch that applies to this tree; if not, the end of the page says what to do', () => {
    applyExample(process.cwd(), { check: true });
  });

  it('names every file of the patch', () => {
    const files = filesOfPatch();
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !page.includes(file.replace(/^.*\//, '')))).toEqual([]);
  });

  it('shows excerpts that are lines of the patch', () => {
    expect(excerpts.length).toBeGreaterThan(10);
    expect(excerpts.filter((excerpt) => !`\n${patch}`.includes(`\n${excerpt}`))).toEqual([]);
  });
});
