import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';

interface Declared {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

const DECLARATION =
  /new (Counter|Gauge|Histogram)\(\{\s*name: '(\w+)',[^}]*?(?:labelNames: \[([^\]]*)\][^}]*?)?\}\)/g;
/** Prometheus's own, and what it adds to whatever it scrapes. */
const OF_PROMETHEUS = ['up', 'ALERTS'];
const LABELS_OF_PROMETHEUS = ['job', 'instance', 'le', 'alertname', 'alertstate'];

const filesIn = (folder: string, ending: string): string[] =>
  (readdirSync(folder, { withFileTypes: true, recursive: true }) as Dirent[])
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name));

const declared: readonly Declared[] = ['apps', 'libs']
  .flatMap((folder) => filesIn(folder, '.ts'))
  .filter((file) => !file.endsWith('spec.ts'))
  .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(DECLARATION)])
  .map(([, type = '', name = '', labels = '']) => ({
    name,
    type: type.toLowerCase(),
    labels: [...labels.matchAll(/'(\w+)'/g)].map(([, label = '']) => label),
  }));

/** Of Node and of the process, which every process has. */
async function usual(): Promise<string[]> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const names = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  registry.clear();
  return names;
}

/** The queries of alerts and dashboards, by the file that they are from. */
const queries: readonly (readonly [file: string, query: string])[] = [
  ...[
    ...readFileSync('deploy/prometheus/alerts.yml', 'utf8').matchAll(/expr: (?:>-\n)?([^]*?)\n {8}\w+:/g),
  ].map(([, query = '']) => ['alerts.yml', query] as const),
  ...filesIn('deploy/grafana/dashboards', '.json').flatMap((file) => {
    const { panels } = JSON.parse(readFileSync(file, 'utf8')) as {
      panels: { targets: { expr: string }[] }[];
    };
    return panels.flatMap(({ targets }) => targets.map(({ expr }) => [file, expr] as const));
  }),
];

/** A histogram answers to three names. */
const baseOf = (name: string) => name.replace(/_(bucket|sum|count)$/, '');

/** Names of metrics, with the labels that are asked for: `name{label="…"}`, and names in `by (…)`. */
function usesIn(query: string): { names: string[]; labels: string[] } {
  const bare = query.replaceAll(/"[^"]*"/g, '""');
  const grouped = [...bare.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
  const matched = [...bare.matchAll(/(\w+)(?:=~|!~|!=|=)""/g)].map(([, label = '']) => label);
  const names = [...bare.matchAll(/\b(?:beckon|process|nodejs)_\w+|\bup\b|\bALERTS\b/g)].map(
    ([name]) => name,
  );
  return { names, labels: [...grouped, ...matched] };
}

describe('metrics', () => {
  it('are found in the code, and in all of the queries', () => {
    expect(declared.length).toBeGreaterThan(15);
    expect(queries.length).toBeGreaterThan(40);
    expect(queries.filter(([, query]) => usesIn(query).names.length === 0)).toEqual([]);
  });

  it('exist if an alert or a dashboard asks for them', async () => {
    const known = new Set([...declared.map(({ name }) => name), ...(await usual()), ...OF_PROMETHEUS]);
    const unknown = queries.flatMap(([file, query]) =>
      usesIn(query)
        .names.filter((name) => !known.has(name) && !known.has(baseOf(name)))
        .map((name) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('have the labels that an alert or a dashboard asks for', () => {
    const unknown = queries.flatMap(([file, query]) => {
      const { names, labels } = usesIn(query);
      const own = declared.filter(({ name }) => names.some((used) => baseOf(used) === name || used === name));
      const known = new Set([...own.flatMap((metric) => metric.labels), ...LABELS_OF_PROMETHEUS]);
      return labels.filter((label) => !known.has(label)).map((label) => `${file}: ${label} in ${query}`);
    });
    expect(unknown).toEqual([]);
  });

  it('are all told of in docs/observe.md, with their labels', () => {
    const page = readFileSync('docs/observe.md', 'utf8');
    const rows = [...page.matchAll(/^\| `(beckon_\w+)` \| (\w+) \| ([^|]*) \|/gm)].map(
      ([, name, type, labels = '']) => `${name} ${type} ${labels.replaceAll('`', '').trim()}`,
    );
    const expected = declared.map(({ name, type, labels }) => `${name} ${type} ${labels.join(', ')}`.trim());
    expect(rows.map((row) => row.trim()).sort()).toEqual(expected.sort());
  });

  it('have alerts that are all told of in docs/observe.md', () => {
    const rules = readFileSync('deploy/prometheus/alerts.yml', 'utf8');
    const page = readFileSync('docs/observe.md', 'utf8');
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const rows = [...page.matchAll(/^\| `(Beckon\w+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(alerts);
  });

  it('stand on a dashboard each', () => {
    const shown = new Set(
      queries.flatMap(([, query]) => usesIn(query).names.flatMap((name) => [name, baseOf(name)])),
    );
    expect(declared.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });
});
