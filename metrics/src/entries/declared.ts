import type { DeclaredInput, Entry, Nanoseconds } from '@benchline/model';
import { type Interval, lengthOf } from '../intervals.ts';

interface Declaration extends Interval {
  input: DeclaredInput;
  value: number;
}

/** Stocks have a mean over time; everything else that is declared is an amount of its stretch. */
const stocks: ReadonlySet<DeclaredInput> = new Set(['average_inventory']);

/**
 * What was declared for exactly these windows: by one declaration for each, or by several that follow each other
 * without a hole. A declaration is never divided, so one for a day says nothing of its hours.
 * @param entries about one subject that hold, by start and then as entered.
 */
export function declaredInputsOf(
  entries: readonly Entry[],
  windows: readonly Interval[],
): ReadonlyMap<DeclaredInput, number> {
  const declarations = entries.flatMap(({ from_ns, to_ns, statement }): Declaration[] =>
    statement.kind === 'declared_input' && to_ns !== undefined
      ? [{ from_ns, to_ns, input: statement.input, value: statement.value }]
      : [],
  );
  const inputs = new Map<DeclaredInput, number>();
  for (const [input, said] of Map.groupBy(declarations, (d) => d.input)) {
    const tiles = windows.flatMap((window) => tilesOf(said, window));
    if (lengthOf(tiles) !== lengthOf(windows)) continue;
    inputs.set(input, stocks.has(input) ? meanOf(tiles) : tiles.reduce((sum, tile) => sum + tile.value, 0));
  }
  return inputs;
}

/** Declarations that fill a window; none when they leave a hole or overlap. */
function tilesOf(said: readonly Declaration[], window: Interval): Declaration[] {
  const inside = said.filter((d) => d.from_ns >= window.from_ns && d.to_ns <= window.to_ns);
  // Of two about the same stretch the one that was entered later comes later.
  const latest = [...new Map(inside.map((d) => [`${d.from_ns} ${d.to_ns}`, d])).values()];
  const whole = latest.find((d) => d.from_ns === window.from_ns && d.to_ns === window.to_ns);
  if (whole) return [whole];
  let next: Nanoseconds = window.from_ns;
  for (const { from_ns, to_ns } of latest) {
    if (from_ns !== next) return [];
    next = to_ns;
  }
  return next === window.to_ns ? latest : [];
}

function meanOf(tiles: readonly Declaration[]): number {
  const all = Number(lengthOf(tiles));
  return tiles.reduce((sum, { value, from_ns, to_ns }) => sum + (value * Number(to_ns - from_ns)) / all, 0);
}
