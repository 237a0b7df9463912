import { svg } from './dom.ts';
import { formatDate, formatFigure, formatMoment, reasonOf } from './format.ts';
import { chartWidth, timeLabels } from './panels.ts';
import type { Catalogue, Comparison, KpiId, Language } from './types.ts';

type Side = Comparison['sides'][number];
type Point = { value: number | undefined; title: string };

const width = chartWidth;
const size = { height: 185, left: 64, right: 10, top: 12, bottom: 27 };
/** Sides beyond it share colours. */
const colours = 6;

export function sideClass(side: number): string {
  return `side-${side % colours}`;
}

/** A figure along the periods of each side, first beside first. Where it is absent, the line is broken. */
export function lineChart(
  sides: readonly Side[],
  kpi: KpiId,
  { catalogue, language }: { catalogue: Catalogue; language: Language },
): SVGElement | undefined {
  const lines = sides.map(({ periods = [], time_zone }) =>
    periods.map(({ from, figures }): Point => {
      const figure = figures[kpi];
      const text = [formatFigure(figure, kpi, catalogue, language), reasonOf(figure, catalogue, language)];
      return {
        value: figure?.value,
        title: [formatDate(from, time_zone, language), ...text].filter(Boolean).join(' · '),
      };
    }),
  );
  const values = lines.flat().flatMap(({ value }) => (value === undefined ? [] : [value]));
  // One period of each side is what the bars show.
  if (values.length === 0 || lines.every((line) => line.length < 2)) return undefined;
  const [least, most] = [Math.min(0, ...values), Math.max(...values)];
  const length = Math.max(...lines.map((line) => line.length), 2);
  const x = (i: number) => size.left + (i / (length - 1)) * (width - size.left - size.right);
  const y = (value: number) =>
    size.top + ((most - value) / (most - least || 1)) * (size.height - size.top - size.bottom);
  const name = catalogue.kpis.find(({ id }) => id === kpi)?.name[language] ?? kpi;
  const root = svg('svg', {
    class: 'chart compare-chart',
    viewBox: `0 0 ${width} ${size.height}`,
    role: 'img',
    'aria-label': name,
    'data-chart': kpi,
  });
  for (const value of [least, most]) {
    const at = y(value).toFixed(1);
    root.append(
      svg('path', { class: 'centre', d: `M${size.left} ${at}H${width - size.right}` }),
      svg('text', { x: '4', y: String(Number(at) + 4) }, formatFigure({ value }, kpi, catalogue, language)),
    );
  }
  const { periods = [], time_zone = 'UTC' } = sides[0] ?? {};
  const when = (at: string | undefined) => at && formatMoment(at, time_zone, language);
  root.append(
    ...timeLabels([when(periods[0]?.from), when(periods.at(-1)?.to)], {
      ...{ left: size.left, right: width - size.right, y: size.height - 6 },
    }),
  );
  for (const [side, line] of lines.entries())
    root.append(
      svg('path', { class: `line ${sideClass(side)}`, d: pathOf(line, x, y) }),
      ...line.map((point, i) => mark(point, x(i), y(point.value ?? least), sideClass(side))),
    );
  return root;
}

function pathOf(line: readonly Point[], x: (i: number) => number, y: (value: number) => number): string {
  return line
    .map(({ value }, i) => {
      if (value === undefined) return '';
      const pen = line[i - 1]?.value === undefined ? 'M' : 'L';
      return `${pen}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');
}

/** What is absent stands on the ground line as an empty mark, and says why. */
function mark({ value, title }: Point, x: number, y: number, side: string): SVGElement {
  const dot = svg('circle', {
    cx: x.toFixed(1),
    cy: y.toFixed(1),
    r: '3.5',
    class: value === undefined ? 'absent' : side,
  });
  dot.append(svg('title', {}, title));
  return dot;
}
