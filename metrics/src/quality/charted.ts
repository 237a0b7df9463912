import { BenchlineError, type Nanoseconds } from '@benchline/model';
import {
  type Chart,
  individualsCharts,
  type Proportion,
  pChart,
  type Rate,
  uChart,
  xbarRCharts,
} from './control-chart.ts';
import type { Subgroup } from './measured.ts';
import { type ChartRule, type RuleSet, ruleSets, type Warning, warningsOf } from './rules.ts';

/** A chart of what was taken at certain times, with its warnings. */
export interface Charted {
  kind: 'xbar' | 'range' | 'individuals' | 'moving_range' | 'p' | 'u';
  chart: Chart;
  /** When each of its points was taken. */
  at_ns: readonly Nanoseconds[];
  warnings: readonly Warning[];
}

/** Most subgroups or samples of one chart: limits and warnings are of all of them, whatever page is asked for. */
const mostPoints = 20_000;

/** Takes up what a chart is made of. @throws BenchlineError `bad_request` for more than a chart takes. */
export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) {
    list.push(item);
    if (list.length > mostPoints)
      throw new BenchlineError('bad_request', `the window holds more than ${mostPoints} subgroups`, {
        hint: 'ask for a shorter window, or for larger subgroups',
      });
  }
  return list;
}

/** X̄ and R of subgroups, or individuals and their moving range where a subgroup is one value. */
export function measuredCharts(
  subgroups: readonly Subgroup[],
  baseline: readonly Subgroup[],
  { size, rules }: { size: number; rules: RuleSet },
): Charted[] {
  const times = subgroups.map(({ at_ns }) => at_ns);
  if (size === 1) {
    const { individuals, moving_range } = individualsCharts(
      subgroups.flatMap(({ values }) => values),
      baseline.flatMap(({ values }) => values),
    );
    return [
      charted('individuals', individuals, times, ruleSets[rules]),
      charted('moving_range', moving_range, times.slice(1), ['beyond_limits']),
    ];
  }
  const valuesOf = (groups: readonly Subgroup[]) => groups.map(({ values }) => values);
  const { xbar, range } = xbarRCharts(valuesOf(subgroups), valuesOf(baseline));
  return [charted('xbar', xbar, times, ruleSets[rules]), charted('range', range, times, ['beyond_limits'])];
}

/** A sample of items that were judged. */
export interface Sample extends Proportion {
  at_ns: Nanoseconds;
  /** Defects found in them; an item may have several. */
  nonconformities: number;
}

/** p chart: share of nonconforming items; u chart: nonconformities an item. */
export function attributeChart(
  kind: 'p' | 'u',
  samples: readonly Sample[],
  baseline: readonly Sample[],
  rules: RuleSet,
): Charted {
  const rates = (list: readonly Sample[]): Rate[] =>
    list.map(({ nonconformities, size }) => ({ nonconformities, units: size }));
  const chart = kind === 'p' ? pChart(samples, baseline) : uChart(rates(samples), rates(baseline));
  return charted(
    kind,
    chart,
    samples.map(({ at_ns }) => at_ns),
    ruleSets[rules],
  );
}

function charted(
  kind: Charted['kind'],
  chart: Chart,
  at_ns: readonly Nanoseconds[],
  rules: readonly ChartRule[],
): Charted {
  return { kind, chart, at_ns, warnings: 'absent' in chart ? [] : warningsOf(chart, rules) };
}
