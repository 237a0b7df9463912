import type { DeclaredOutput } from '@benchline/model';
import { nsOf } from '../calendar/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';

/** What people declared of a scope for exactly a window. */
export interface OutputSums {
  output_value_cny?: number;
  value_added_cny?: number;
  /** Price bases and sources of what was summed. */
  price_basis: readonly string[];
  sources: readonly string[];
}

/**
 * Sums the declarations that fill a window day by day; undefined when they leave a part of it out or reach beyond
 * it. A value is absent when one of them does not state it.
 */
export function declaredFor(
  outputs: readonly DeclaredOutput[],
  scope: Scope,
  window: Interval,
): OutputSums | undefined {
  const instant = (date: string) => nsOf(scope.time_zone, Date.parse(date));
  const within = outputs
    .filter((output) => output.scope === scope.path)
    .map((output) => ({ output, from_ns: instant(output.from), to_ns: instant(output.to) }))
    .filter(({ from_ns, to_ns }) => from_ns >= window.from_ns && to_ns <= window.to_ns)
    .toSorted((a, b) => (a.from_ns < b.from_ns ? -1 : 1));
  let reached = window.from_ns;
  for (const { from_ns, to_ns } of within) {
    if (from_ns !== reached) return undefined;
    reached = to_ns;
  }
  if (reached !== window.to_ns) return undefined;
  const used = within.map(({ output }) => output);
  const sum = (key: 'output_value_cny' | 'value_added_cny') => {
    const values = used.flatMap((output) => output[key] ?? []);
    return values.length === used.length ? { [key]: values.reduce((a, b) => a + b, 0) } : {};
  };
  return {
    ...sum('output_value_cny'),
    ...sum('value_added_cny'),
    price_basis: [...new Set(used.map((output) => output.price_basis))],
    sources: [...new Set(used.map((output) => output.source))],
  };
}
