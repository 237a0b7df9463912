import type { Baseline } from '@benchline/model';
import type { Interval } from '../intervals.ts';
import { leastSquares, predict } from './least-squares.ts';

/** What is known of one period: energy, and what it is explained by. Undefined where it was not fully observed. */
export interface BaselinePoint extends Interval {
  energy: number | undefined;
  variables: readonly (number | undefined)[];
}

/** Fewer periods are an accident, not a baseline. */
const leastPoints = { ratio: 5, regression: 10 } as const;

export type BaselineModel = {
  intercept: number;
  slopes: readonly number[];
  n: number;
  r2: number;
  standard_error: number;
  cv: number;
};

export type FittedBaseline =
  | { status: 'ok'; model: BaselineModel }
  | { status: 'too_few_points' | 'no_variation'; n: number };

/** Fits an energy baseline (ISO 50006: EnB) to the periods of its own time; incomplete periods are left out. */
export function fitBaseline(
  { model, variables }: Pick<Baseline, 'model' | 'variables'>,
  points: readonly BaselinePoint[],
): FittedBaseline {
  const known = points.flatMap((point) => {
    const complete = completeOf(point);
    return complete ? [complete] : [];
  });
  const n = known.length;
  if (n < leastPoints[model]) return { status: 'too_few_points', n };
  const fit = model === 'ratio' ? ratioOf(known) : leastSquares(known, variables.length);
  return fit ? { status: 'ok', model: fit } : { status: 'no_variation', n };
}

/** Energy for each unit of the variable: total over total, so that large periods count for more. */
function ratioOf(known: readonly { x: readonly number[]; y: number }[]): BaselineModel | undefined {
  const [x, y] = [sum(known.map((p) => p.x[0] ?? 0)), sum(known.map((p) => p.y))];
  if (x === 0) return undefined;
  const model = { intercept: 0, slopes: [y / x] };
  const n = known.length;
  const residual = sum(known.map((p) => (p.y - predict(model, p.x)) ** 2));
  const mean = y / n;
  const total = sum(known.map((p) => (p.y - mean) ** 2));
  const standard_error = Math.sqrt(residual / (n - 1));
  return {
    ...model,
    n,
    r2: total === 0 ? 1 : 1 - residual / total,
    standard_error,
    cv: standard_error / mean,
  };
}

/** What a period used against what the baseline expects of it. */
export interface Performance extends Interval {
  actual?: number;
  expected?: number;
  /** Expected − actual: positive is saved. */
  saving?: number;
  /** Savings so far; periods that cannot be told add nothing to it. */
  cusum: number;
}

/** Savings of reporting periods against a baseline, with their cumulative sum (CUSUM). */
export function performanceOf(model: BaselineModel, points: readonly BaselinePoint[]): Performance[] {
  let cusum = 0;
  return points.map((point) => {
    const { from_ns, to_ns } = point;
    const known = completeOf(point);
    if (!known) return { from_ns, to_ns, ...(point.energy !== undefined && { actual: point.energy }), cusum };
    const expected = predict(model, known.x);
    const saving = expected - known.y;
    cusum += saving;
    return { from_ns, to_ns, actual: known.y, expected, saving, cusum };
  });
}

function completeOf({ energy, variables }: BaselinePoint): { x: readonly number[]; y: number } | undefined {
  const x = variables.filter((value) => value !== undefined);
  return energy === undefined || x.length < variables.length ? undefined : { x, y: energy };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
