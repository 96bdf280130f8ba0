import type { Beckon } from '#testkit/beckon.js';

/** The value of a metric, as operators read it; 0 when it has none. @param labels as they are printed: `consumer="user"` */
export async function metricOf(beckon: Pick<Beckon, 'url'>, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${beckon.url}/metrics`)).text();
  const series = labels === '' ? `${name} ` : `${name}{${labels}} `;
  const line = text.split('\n').find((candidate) => candidate.startsWith(series));
  return Number(line?.slice(series.length) ?? 0);
}
