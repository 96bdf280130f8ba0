import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Sources of the suites, by the names that the pages call them: `relay` is relay.e2e-spec.ts, `envelope.spec` its unit test. */
const suites = new Map(
  ['apps', 'libs', 'test']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((path) => path.endsWith('spec.ts') && !path.includes('node_modules'))
    .map((path) => [basename(path, '.ts').replace('.e2e-spec', ''), readFileSync(path, 'utf8')]),
);
const faults = definedIn('test/chaos/faults');
const attacks = definedIn('test/abuse/attacks');

/** What a table says that something is shown by, part by part: "`relay`: killed within a batch; a second title". */
const shown = ['docs/reliability.md', 'docs/security.md'].flatMap((page) =>
  readFileSync(page, 'utf8')
    .split(/^## /m)
    .filter((section) => /^(Promises|The scheme|What is defended)/.test(section))
    .flatMap((section) => section.split('\n').filter((line) => /^\| (?!what|promise|attack)/.test(line)))
    .map((row) => ({
      page,
      row,
      parts: (row.split('|').at(-2) ?? '').split(';').map((part) => part.trim()),
    })),
);

describe('what a page says that a promise is shown by', () => {
  it('is read from its tables', () => expect(shown.length).toBeGreaterThan(40));

  it.each(shown)('$page: $row', ({ parts }) => {
    let suite = '';
    for (const part of parts) {
      const isChaos = part.startsWith('chaos ');
      const names = [...part.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      for (const name of names)
        expect([name, isChaos ? faults.has(name) : suites.has(name) || attacks.has(name)]).toEqual([
          name,
          true,
        ]);
      suite = isChaos ? '' : (names.at(-1) ?? suite);
      const title = names.length > 0 ? /`: (.+)$/.exec(part)?.[1] : part;
      if (title !== undefined && suites.has(suite)) expect(suites.get(suite)).toContain(title);
    }
  });

  it('and every row that was measured, is there', () => {
    const [, measured = ''] = readFileSync('docs/reliability.md', 'utf8').split(/^## Measured$/m);
    const rows = [...(measured.split(/^## /m)[0] ?? '').matchAll(/^\| `([\w-]+)` \|/gm)].map(
      ([, name = '']) => name,
    );
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((name) => !faults.has(name) && !attacks.has(name))).toEqual([]);
  });
});

/** Names that the definitions in a folder have; `${service}-away` is that of each service that is made one of. */
function definedIn(folder: string): { has(name: string): boolean } {
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const names = sources
    .flatMap((source) => [...source.matchAll(/^ +name: ['`](.+)['`],$/gm)])
    .map(([, name = '']) => new RegExp(`^${name.replace(/\$\{\w+\}/, '[a-z]+')}$`));
  return { has: (name) => names.some((pattern) => pattern.test(name)) };
}
