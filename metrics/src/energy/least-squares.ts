import { meanOf } from '../mean.ts';

/** A linear fit y = intercept + Σ slope·x with what it is worth. */
export interface Fit {
  intercept: number;
  slopes: readonly number[];
  /** Points that it was fitted to. */
  n: number;
  /** Share of the variance explained; 1 for points without any. */
  r2: number;
  /** Standard error of the estimate, in units of y, with n − k − 1 degrees of freedom. */
  standard_error: number;
  /** `standard_error` relative to the mean of y (CV(RMSE)). */
  cv: number;
}

export interface Point {
  x: readonly number[];
  y: number;
}

/**
 * Ordinary least squares in one or two variables by the normal equations of centred data. Undefined when there are
 * no degrees of freedom left, or the variables do not vary or vary only together.
 */
export function leastSquares(points: readonly Point[], k: number): Fit | undefined {
  const n = points.length;
  if (n < k + 2) return undefined;
  const meanY = meanOf(points.map((p) => p.y));
  const meanX = indices(k).map((i) => meanOf(points.map((p) => p.x[i] ?? 0)));
  const dx = (p: Point, i: number) => (p.x[i] ?? 0) - (meanX[i] ?? 0);
  const xx = (i: number, j: number) => points.reduce((sum, p) => sum + dx(p, i) * dx(p, j), 0);
  const xy = (i: number) => points.reduce((sum, p) => sum + dx(p, i) * (p.y - meanY), 0);
  const slopes = k === 1 ? solveOne(xx(0, 0), xy(0)) : solveTwo(xx(0, 0), xx(0, 1), xx(1, 1), xy(0), xy(1));
  if (!slopes) return undefined;
  const intercept = meanY - slopes.reduce((sum, slope, i) => sum + slope * (meanX[i] ?? 0), 0);
  const fit = { intercept, slopes };
  const residual = points.reduce((sum, p) => sum + (p.y - predict(fit, p.x)) ** 2, 0);
  const total = points.reduce((sum, p) => sum + (p.y - meanY) ** 2, 0);
  const standard_error = Math.sqrt(residual / (n - k - 1));
  const r2 = total === 0 ? 1 : 1 - residual / total;
  return { ...fit, n, r2, standard_error, cv: standard_error / meanY };
}

export function predict(
  { intercept, slopes }: Pick<Fit, 'intercept' | 'slopes'>,
  x: readonly number[],
): number {
  return slopes.reduce((sum, slope, i) => sum + slope * (x[i] ?? 0), intercept);
}

function solveOne(xx: number, xy: number): number[] | undefined {
  return xx > 0 ? [xy / xx] : undefined;
}

function solveTwo(aa: number, ab: number, bb: number, ay: number, by: number): number[] | undefined {
  const determinant = aa * bb - ab * ab;
  // Relative to the product of the variances: 1 − r² of the two variables.
  if (!(determinant > 1e-9 * aa * bb)) return undefined;
  return [(ay * bb - by * ab) / determinant, (by * aa - ay * ab) / determinant];
}

function indices(k: number): number[] {
  return Array.from({ length: k }, (_, i) => i);
}
