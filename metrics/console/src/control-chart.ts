import { analysisMessage } from './analysis-messages.ts';
import { element, svg } from './dom.ts';
import { colon, formatInstant, formatMoment, locale } from './format.ts';
import { chartWidth, timeLabels } from './panels.ts';
import type { ControlChart, Language } from './types.ts';

const mostWarnings = 20;

type ChartView = ControlChart['charts'][number];

const size = { width: chartWidth, height: 200, left: 70, right: 10, top: 10, bottom: 30 };

/** The charts of a characteristic one below the other, with their warnings in words. */
export function chartFigures(chart: ControlChart, zone: string, language: Language): HTMLElement {
  const figures = chart.charts.flatMap((one) => [
    element('h3', {}, [analysisMessage(language, one.kind), unitOf(chart, one)].filter(Boolean).join(' · ')),
    one.status === 'ok'
      ? drawing(one, zone, language)
      : element('p', { class: 'detail' }, one.reason?.[language] ?? one.status),
  ]);
  return element('div', {}, ...figures, warningList(chart, zone, language));
}

function warningList({ charts }: ControlChart, zone: string, language: Language): HTMLElement {
  const all = charts.flatMap(({ kind, warnings }) => warnings.map((warning) => ({ kind, ...warning })));
  if (all.length === 0) return element('p', { class: 'detail' }, analysisMessage(language, 'no_warnings'));
  const newest = all
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, mostWarnings)
    .map(({ at, kind, name }) => {
      const what = `${analysisMessage(language, kind)}${colon(language)}${name[language]}`;
      return `${formatInstant(at, zone, language)} · ${what}`;
    });
  return element('ul', { class: 'notes', id: 'warnings' }, ...newest.map((line) => element('li', {}, line)));
}

/** Of what is charted; shares and nonconformities an item have none. */
function unitOf({ unit }: ControlChart, { kind }: ChartView): string {
  return kind === 'p' || kind === 'u' ? '' : unit;
}

/** As many decimals as tell what is on a chart apart. */
function limitFormat(values: readonly number[], language: Language): Intl.NumberFormat {
  const range = Math.max(...values) - Math.min(...values);
  const decimals = range > 0 ? Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(range)))) : 4;
  return new Intl.NumberFormat(locale(language), { maximumFractionDigits: decimals });
}

function drawing({ kind, points, warnings }: ChartView, zone: string, language: Language): SVGElement {
  const warned = new Map(warnings.flatMap(({ points: made, name }) => made.map((i) => [i, name[language]])));
  const values = points.flatMap(({ value, lower, upper }) => [value, lower, upper]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (i: number) =>
    size.left + ((i + 0.5) / Math.max(1, points.length)) * (size.width - size.left - size.right);
  const y = (value: number) =>
    size.top + ((most - value) / (most - least || 1)) * (size.height - size.top - size.bottom);
  const path = (of: (point: ChartView['points'][number]) => number) =>
    points.map((point, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(of(point)).toFixed(1)}`).join('');
  const number = limitFormat(values, language);
  const last = points.at(-1);
  const root = svg('svg', {
    class: 'chart',
    viewBox: `0 0 ${size.width} ${size.height}`,
    role: 'img',
    'aria-label': `${analysisMessage(language, kind)}, ${warnings.length} × ${analysisMessage(language, 'warnings')}`,
    'data-chart': kind,
  });
  root.append(
    svg('path', { class: 'centre', d: path((point) => point.centre) }),
    svg('path', { class: 'limit', d: path((point) => point.lower) }),
    svg('path', { class: 'limit', d: path((point) => point.upper) }),
    svg('path', { class: 'line', d: path((point) => point.value) }),
    ...points.map(({ index, at, value }, i) => {
      const warning = warned.get(index);
      const dot = svg('circle', {
        cx: x(i).toFixed(1),
        cy: y(value).toFixed(1),
        r: warning === undefined ? '2' : '4',
        ...(warning !== undefined && { class: 'warning' }),
      });
      const when = formatInstant(at, zone, language);
      dot.append(svg('title', {}, [when, number.format(value), warning].filter(Boolean).join(' · ')));
      return dot;
    }),
    ...(last ? [last.lower, last.centre, last.upper] : []).map((value) =>
      svg('text', { x: '4', y: (y(value) + 4).toFixed(1) }, number.format(value)),
    ),
    ...timeLabels(
      [points[0], last].map((point) => point && formatMoment(point.at, zone, language)),
      { left: size.left, right: size.width - size.right, y: size.height - 8 },
    ),
  );
  return root;
}
