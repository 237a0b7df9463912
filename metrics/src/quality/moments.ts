/**
 * Count, mean and sum of squared deviations of a characteristic: mergeable, so that any window's spread comes from
 * its slots (Chan, Golub and LeVeque, 1979). Merging is exact in exact arithmetic; here to a few units in the last
 * place, whatever the order.
 */
export interface Moments {
  count: number;
  mean: number;
  /** Σ(x − mean)². */
  squares: number;
}

export const noMoments: Moments = { count: 0, mean: 0, squares: 0 };

export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const distance = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (distance * b.count) / count,
    squares: a.squares + b.squares + (distance * distance * a.count * b.count) / count,
  };
}

export function momentsOf(values: readonly number[]): Moments {
  return values.reduce((sum, mean) => mergeMoments(sum, { count: 1, mean, squares: 0 }), noMoments);
}

/** Standard deviation of the sample (n − 1); undefined for fewer than two values. */
export function deviationOf({ count, squares }: Moments): number | undefined {
  return count < 2 ? undefined : Math.sqrt(squares / (count - 1));
}
