import type { Anomaly, Series } from '../api.ts';
import { html, svg } from '../element.ts';
import { shapeOf } from '../severity.ts';
import { numberText, timeText, valueText } from '../words.ts';
import { niceRange, timeTicks } from './scales.ts';

interface Row {
  readonly at: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

const height = 168;
const margin = { top: 10, right: 10, bottom: 22, left: 44 };

/** What is usual at a time: between the two points of the band around it. */
export function usualAt(
  band: Series['band'],
  at: number,
): { readonly lower: number; readonly upper: number } | undefined {
  const next = band.findIndex((one) => Date.parse(one.at) >= at);
  const [before, after] = [band[next - 1], band[next]];
  if (before === undefined || after === undefined) return undefined;
  const [from, to] = [Date.parse(before.at), Date.parse(after.at)];
  const share = (at - from) / (to - from);
  const between = (one: number, other: number) => one + (other - one) * share;
  return { lower: between(before.lower, after.lower), upper: between(before.upper, after.upper) };
}

/** A chart of one field: its line, the band of what is usual, its anomalies, and a cross that keys and pointers move. */
export function drawChart(label: string, series: Series, anomalies: readonly Anomaly[]): HTMLElement {
  const rows: Row[] = series.observations.map((one) => ({ ...one, at: Date.parse(one.at) }));
  const picture = svg('svg', { class: 'plot', height, 'aria-hidden': 'true' });
  const readout = html('output', { class: 'readout', 'aria-hidden': 'true' });
  const slider = html('div', {
    class: 'slider',
    role: 'slider',
    tabindex: 0,
    'aria-label': `${label} over time`,
    'aria-valuemin': 0,
    'aria-valuemax': Math.max(0, rows.length - 1),
    'aria-orientation': 'horizontal',
  });
  slider.append(picture);
  let current = rows.length - 1;
  let place: ((at: number, value: number) => readonly [number, number]) | undefined;
  const cross = svg('g', { class: 'cross' }, svg('line'), svg('circle', { r: 4 }));
  const textOf = ({ at, mean, min, max }: Row) => {
    const usual = usualAt(series.band, at);
    const spread = max > min ? ` (${numberText(min)} to ${valueText(max, series.unit)})` : '';
    const beside =
      usual === undefined ? '' : `, usual ${numberText(usual.lower)} to ${numberText(usual.upper)}`;
    return `${timeText(at)}: ${valueText(mean, series.unit)}${spread}${beside}`;
  };
  const move = (index: number) => {
    current = Math.min(rows.length - 1, Math.max(0, index));
    const row = rows[current];
    if (row === undefined || place === undefined) return;
    const [x, y] = place(row.at, row.mean);
    const [line, dot] = cross.children;
    for (const [name, value] of Object.entries({ x1: x, x2: x, y1: margin.top, y2: height - margin.bottom }))
      line?.setAttribute(name, String(value));
    dot?.setAttribute('cx', String(x));
    dot?.setAttribute('cy', String(y));
    const text = textOf(row);
    readout.textContent = text;
    slider.setAttribute('aria-valuenow', String(current));
    slider.setAttribute('aria-valuetext', text);
  };
  const draw = () => {
    const width = slider.clientWidth;
    if (width === 0) return;
    picture.setAttribute('width', String(width));
    picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const drawn = plot(series, rows, anomalies, width);
    place = drawn.place;
    picture.replaceChildren(...drawn.parts, cross);
    move(current);
  };
  const walk = (event: PointerEvent) => {
    const box = slider.getBoundingClientRect();
    const x = event.clientX - box.left;
    let best = current;
    let away = Number.POSITIVE_INFINITY;
    rows.forEach((row, index) => {
      const apart = Math.abs((place?.(row.at, row.mean)[0] ?? 0) - x);
      if (apart < away) [best, away] = [index, apart];
    });
    move(best);
  };
  slider.addEventListener('pointermove', walk);
  // A tap moves nothing.
  slider.addEventListener('pointerdown', walk);
  slider.addEventListener('keydown', (event) => {
    const leap = Math.max(1, Math.round(rows.length / 10));
    const keys: Readonly<Record<string, number>> = {
      ArrowLeft: current - 1,
      ArrowDown: current - 1,
      ArrowRight: current + 1,
      ArrowUp: current + 1,
      PageDown: current - leap,
      PageUp: current + leap,
      Home: 0,
      End: rows.length - 1,
    };
    const next = keys[event.key];
    if (next === undefined) return;
    event.preventDefault();
    move(next);
  });
  new ResizeObserver(draw).observe(slider);
  return html('div', { class: 'chart' }, readout, slider);
}

function plot(series: Series, rows: readonly Row[], anomalies: readonly Anomaly[], width: number) {
  const [from, to] = [Date.parse(series.from), Date.parse(series.to)];
  const band = series.band.map((one) => ({ ...one, at: Date.parse(one.at) }));
  const shown = anomalies.filter(({ peakAt }) => Date.parse(peakAt) >= from && Date.parse(peakAt) <= to);
  const values = [
    ...rows.flatMap(({ min, max }) => [min, max]),
    ...band.flatMap(({ lower, upper }) => [lower, upper]),
    ...shown.map(({ value }) => value),
  ];
  const [low, high, step] = niceRange(Math.min(...values), Math.max(...values), 4);
  const [innerWidth, innerHeight] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  const x = (at: number) => margin.left + ((at - from) / (to - from)) * innerWidth;
  const y = (value: number) => margin.top + (1 - (value - low) / (high - low)) * innerHeight;
  const point = (at: number, value: number) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  const area = (points: readonly { at: number; lower: number; upper: number }[]) =>
    points.length < 2
      ? ''
      : `M${points.map(({ at, upper }) => point(at, upper)).join('L')}L${points
          .toReversed()
          .map(({ at, lower }) => point(at, lower))
          .join('L')}Z`;
  const runs = unbroken(rows);
  const lineOf = (run: readonly Row[]) => `M${run.map(({ at, mean }) => point(at, mean)).join('L')}`;
  const clip = `clip-${series.field}`;
  const parts: SVGElement[] = [
    svg(
      'clipPath',
      { id: clip },
      svg('rect', { x: margin.left, y: 0, width: Math.max(0, innerWidth), height }),
    ),
  ];
  for (let value = low; value <= high + step / 2; value += step) {
    parts.push(
      svg('line', { class: 'grid', x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) }),
      svg(
        'text',
        { class: 'tick', x: margin.left - 6, y: y(value) + 4, 'text-anchor': 'end' },
        numberText(value),
      ),
    );
  }
  // About half of what 11 pixels high letters take: the last one is whole, too.
  const within = (at: number, { length }: string) => Math.min(at, width - length * 3.1);
  for (const { value, text } of timeTicks(from, to, Math.max(2, Math.floor(innerWidth / 74)))) {
    parts.push(
      svg('line', { class: 'grid', x1: x(value), x2: x(value), y1: margin.top, y2: height - margin.bottom }),
      svg('text', { class: 'tick', x: within(x(value), text), y: height - 6, 'text-anchor': 'middle' }, text),
    );
  }
  const inside = svg('g', { 'clip-path': `url(#${clip})` });
  inside.append(svg('path', { class: 'band', d: area(band) }));
  for (const one of anomalies) {
    const [start, end] = [Date.parse(one.startedAt), one.endedAt === null ? to : Date.parse(one.endedAt)];
    if (end < from || start > to) continue;
    const left = x(Math.max(start, from));
    const wide = Math.max(2, x(Math.min(end, to)) - left);
    const box = { x: left, y: margin.top, width: wide, height: innerHeight };
    inside.append(svg('rect', { class: `event ${one.severity}`, ...box }));
  }
  for (const run of runs) {
    const extremes = run.map(({ at, min, max }) => ({ at, lower: min, upper: max }));
    if (series.bucketSeconds !== null) inside.append(svg('path', { class: 'extremes', d: area(extremes) }));
    inside.append(svg('path', { class: 'line', d: lineOf(run) }));
    const [only] = run;
    if (run.length === 1 && only !== undefined)
      inside.append(svg('circle', { class: 'dot', cx: x(only.at), cy: y(only.mean), r: 2 }));
  }
  // Not clipped: one at the edge is whole.
  const signs = svg('g');
  for (const { peakAt, value, severity } of shown) {
    const at = `translate(${x(Date.parse(peakAt)).toFixed(1)} ${y(value).toFixed(1)})`;
    signs.append(svg('path', { class: `sign ${severity}`, d: shapeOf(severity), transform: at }));
  }
  parts.push(inside, signs);
  return { parts, place: (at: number, value: number) => [x(at), y(value)] as const };
}

/** The stretches without holes: a line over a time that nobody measured would be a lie. */
function unbroken(rows: readonly Row[]): Row[][] {
  const gaps = rows.slice(1).map(({ at }, index) => at - (rows[index]?.at ?? at));
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  const runs: Row[][] = [];
  rows.forEach((row, index) => {
    const run = runs.at(-1);
    if (run === undefined || (gaps[index - 1] ?? 0) > usual * 3.5) runs.push([row]);
    else run.push(row);
  });
  return runs;
}
