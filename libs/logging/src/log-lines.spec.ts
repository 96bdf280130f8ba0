import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Line {
  readonly level: string;
  readonly message: string;
}

/** `logger.warn(…, 'what happened')`, over several lines too; of a template only what is always there. */
const CALL = /logger(?:\.(\w+)|\[([^\]]*)\])\(\s*(?:\{[^}]*\},\s*)?(?:'([^']+)'|`([^`]+)`)/g;

/** But for the logger itself, which passes on what Nest says. */
const sources = ['apps', 'libs']
  .flatMap((folder) => readdirSync(folder, { withFileTypes: true, recursive: true }) as Dirent[])
  .filter((entry) => entry.isFile() && /(?<!spec)\.ts$/.test(entry.name) && entry.name !== 'logger.ts')
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));

const logged: readonly Line[] = sources.flatMap((source) =>
  [...source.matchAll(CALL)].map(([, level, chosen = '', text, template = '']) => ({
    // Chosen between two: the first time louder than from then on.
    level: level ?? /'(\w+)'/.exec(`${chosen} ${levelIn(source)}`)?.[1] ?? '',
    message: text ?? template.replaceAll(/\$\{[^}]*\}/g, '…'),
  })),
);

const told: readonly Line[] = [
  ...readFileSync('docs/observe.md', 'utf8').matchAll(/^\| `([^`]+)` \| (fatal|error|warn|info) \|/gm),
].map(([, message = '', level = '']) => ({ level, message }));

describe('log lines', () => {
  it('are found in the code and in docs/observe.md', () => {
    expect(logged.length).toBeGreaterThan(25);
    expect(told.length).toBeGreaterThan(15);
  });

  it.each(told)('that docs/observe.md tells of are logged so: $level $message', (line) =>
    expect(logged).toContainEqual(line),
  );

  it('that somebody should see are all told of there', () => {
    const loud = logged.filter(({ level }) => level === 'error' || level === 'fatal');
    expect(loud.length).toBe(sources.join('').match(/logger\.(error|fatal)\(/g)?.length);
    for (const line of loud) expect(told).toContainEqual(line);
  });
});

function levelIn(source: string): string {
  return /const level = .*/.exec(source)?.[0] ?? '';
}
