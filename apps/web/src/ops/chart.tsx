import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { sayTime } from './say.js';
import { colorOf, useThemeRound } from './theme-colors.js';

export interface Line {
  label: string;
  /** A custom property of the page. */
  color: string;
  values: readonly (number | null)[];
}

interface Props {
  title: string;
  /** Epoch seconds. */
  at: readonly number[];
  lines: readonly Line[];
  say: (value: number) => string;
  /** The axis reaches at least so far, so that noise does not look like a storm. */
  least: number;
}

const HEIGHT = 168;
const LEAST_SECONDS = 60;

/** Lines over time. The legend is text: the values of the moment that is pointed at, else the latest. */
export function Chart({ title, at, lines, say, least }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const theme = useThemeRound();
  const data = [[...at], ...lines.map(({ values }) => [...values])] as unknown as uPlot.AlignedData;

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const options = optionsOf(element, lines, say, least, setPointed);
    const chart = (plot.current = new uPlot(options, data, element));
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [theme]);

  useEffect(() => plot.current?.setData(data), [at]);

  const index = pointed ?? at.length - 1;
  const time = at[index];
  const valueOf = (line: Line) =>
    line.values[index] ?? (pointed === null ? line.values.findLast(isThere) : null);
  const said = lines.map((line) => ({ ...line, value: valueOf(line) ?? null }));
  return (
    <figure class="panel chart">
      <figcaption>
        <h2 class="chart-title">{title}</h2>
        <span class="quiet chart-time">{pointed !== null && time ? sayTime(time * 1000) : 'now'}</span>
      </figcaption>
      <ul class="chart-legend" role="list">
        {said.map(({ label, color, value }) => (
          <li key={label}>
            <span class="chart-swatch" style={{ background: `var(${color})` }} />
            {label} <b>{value === null ? '–' : say(value)}</b>
          </li>
        ))}
      </ul>
      <div class="chart-plot" ref={host} aria-hidden="true" />
      {at.length < 2 && <p class="quiet chart-empty">Lines appear as figures come in.</p>}
    </figure>
  );
}

function optionsOf(
  host: HTMLElement,
  lines: readonly Line[],
  say: Props['say'],
  least: number,
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const ink = colorOf(host, '--ink-3');
  return {
    width: host.clientWidth,
    height: HEIGHT,
    // To the right half a time of the axis, which may stand at its end.
    padding: [10, 26, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'operations' } },
    scales: {
      x: { range: ({ data: [at] }) => timeRange(at) },
      y: { range: (_, __, max) => [0, Math.max(least, (max ?? 0) * 1.15)] },
    },
    axes: [
      {
        font,
        stroke: ink,
        size: 28,
        space: 84,
        grid: { show: false },
        ticks: { show: false },
        values: (_, splits) => splits.map((seconds) => sayTime(seconds * 1000)),
      },
      {
        font,
        stroke: ink,
        size: 58,
        space: 34,
        grid: { stroke: colorOf(host, '--line'), width: 1 },
        ticks: { show: false },
        values: (_, splits) => splits.map(say),
      },
    ],
    series: [
      {},
      ...lines.map(({ color }): uPlot.Series => {
        const stroke = colorOf(host, color);
        return { stroke, width: 2, points: { size: 5, fill: stroke, filter: alone } };
      }),
    ],
    hooks: { setCursor: [(chart) => onPoint(chart.cursor.idx ?? null)] },
  };
}

/** Asked of the data: what uPlot would make of none is no range, and of a single moment a whole day. */
function timeRange(at: ArrayLike<number>): [number, number] {
  const end = at[at.length - 1] ?? Date.now() / 1000;
  return [Math.min(at[0] ?? end, end - LEAST_SECONDS), end];
}

/** A value between two that are missing would be no line at all. */
const alone: uPlot.Series.Points.Filter = (chart, series) => {
  const values = chart.data[series] ?? [];
  return [...values.keys()].filter(
    (index) => isThere(values[index]) && !isThere(values[index - 1]) && !isThere(values[index + 1]),
  );
};

function isThere(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}
