/**
 * One figure of the bench. `ratio` is value / limit, so that a slow or busy computer, which slows both, says
 * little against it; what costs is therefore given as yield (values per second of CPU), and more is better.
 */
export interface Row {
  name: string;
  value: number | null;
  unit: string;
  /** The limit that was measured in the same run, in turns with the value. */
  limit: number | null;
  ratio: number | null;
  /** The ratio to reach; null while nothing is promised. */
  goal: number | null;
  /** Whether the goal is reached; null while nothing is promised or nothing was measured. */
  ok: boolean | null;
  /** Why there is no value. */
  reason?: string;
}

/** A figure beside its limit: the medians of what was measured in turns. */
export function compared(
  figure: { name: string; unit: string; goal?: number },
  values: readonly number[],
  limits: readonly number[],
): Row {
  const value = median(values);
  const limit = median(limits);
  const goal = figure.goal ?? null;
  const ratio = value / limit;
  const ok = goal === null ? null : ratio >= goal;
  return { name: figure.name, value, unit: figure.unit, limit, ratio, goal, ok };
}

/** A figure beside what is promised of it. */
export function atLeast(figure: { name: string; unit: string }, value: number, promised: number): Row {
  const ratio = value / promised;
  return { ...figure, value, limit: promised, ratio, goal: 1, ok: ratio >= 1 };
}

/** The same where less is better: the ratio is promised / value. */
export function atMost(figure: { name: string; unit: string }, value: number, promised: number): Row {
  const ratio = promised / value;
  return { ...figure, value, limit: promised, ratio, goal: 1, ok: ratio >= 1 };
}

/** A figure that has no limit beside it. */
export function alone(name: string, unit: string, values: readonly number[]): Row {
  return { name, value: median(values), unit, limit: null, ratio: null, goal: null, ok: null };
}

/** A figure that could not be measured here, and why. */
export function absent(name: string, unit: string, reason: string): Row {
  return { name, value: null, unit, limit: null, ratio: null, goal: null, ok: null, reason };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
