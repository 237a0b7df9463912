import { svg } from './dom.ts';
import { formatAmount, formatMoment } from './format.ts';
import { chartWidth, timeLabels, track } from './panels.ts';
import type { EnergyBaseline, Language } from './types.ts';

const lineHeight = 14;
const size = { width: chartWidth, height: 195, left: 90, right: 10, top: 12, bottom: 27 };

/** Savings against a baseline, period by period, added up: a line that rises while less is used than expected. */
export function cusumChart(
  { periods, unit, time_zone }: EnergyBaseline,
  name: string,
  language: Language,
): SVGElement {
  const values = [0, ...periods.map(({ cusum }) => cusum)];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (i: number) =>
    size.left + (i / Math.max(1, values.length - 1)) * (size.width - size.left - size.right);
  const y = (value: number) =>
    size.top + ((most - value) / (most - least || 1)) * (size.height - size.top - size.bottom);
  const root = svg('svg', {
    class: 'chart',
    viewBox: `0 0 ${size.width} ${size.height}`,
    role: 'img',
    'aria-label': name,
    'data-chart': 'cusum',
  });
  const path = values.map((value, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`);
  // Two that would stand in each other's line are one: nothing saved is the line itself.
  const marks = [0, ...[least, most].filter((value) => Math.abs(y(value) - y(0)) >= lineHeight)];
  root.append(
    svg('path', { class: 'centre', d: `M${size.left} ${y(0).toFixed(1)}H${size.width - size.right}` }),
    svg('path', { class: 'line', d: path.join('') }),
    ...periods.map(({ from, cusum, saving }, i) => {
      const dot = svg('circle', { cx: x(i + 1).toFixed(1), cy: y(cusum).toFixed(1), r: '2.5' });
      const when = formatMoment(from, time_zone, language);
      const text = [when, formatAmount(saving, unit, language), `Σ ${formatAmount(cusum, unit, language)}`];
      dot.append(svg('title', {}, text.join(' · ')));
      return dot;
    }),
    ...marks.map((value) =>
      svg('text', { x: '4', y: (y(value) + 4).toFixed(1) }, formatAmount(value, unit, language)),
    ),
    ...timeLabels(
      [periods[0]?.from, periods.at(-1)?.to].map((at) => at && formatMoment(at, time_zone, language)),
      { left: size.left, right: size.width - size.right, y: size.height - 6 },
    ),
  );
  return root;
}

/** A stretch of a gauge in its own unit. */
export interface Stretch {
  class: 'used' | 'over' | 'band' | 'mark';
  from: number;
  to: number;
}

/** A track from nothing to `most` with stretches on it. */
export function gauge(most: number, stretches: readonly Stretch[], title: string): HTMLElement {
  const share = (value: number) => Math.min(1, Math.max(0, value / (most || 1)));
  return track(
    stretches.map(({ class: kind, from, to }) => ({
      ...{ class: kind, from: share(from) },
      ...(kind !== 'mark' && { length: share(to - from) }),
    })),
    title,
  );
}
