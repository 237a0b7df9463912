import type { CanonicalState, Signal } from './schema.ts';

type StateSignal = Extract<Signal, { measurement: 'state' }>;

/**
 * The canonical state of a native one by a signal's state table: the exact text first, then the longest entry that
 * ends in `*` and whose beginning fits. With `ignore_case` both are compared in lower case. Undefined when the table
 * does not list it: such a state counts as unobserved, it is never guessed.
 */
export function canonicalStateOf(signal: StateSignal, native: string): CanonicalState | undefined {
  const fold = (text: string) => (signal.ignore_case ? text.toLowerCase() : text);
  const sought = fold(native);
  let best: { length: number; state: CanonicalState } | undefined;
  for (const [entry, state] of Object.entries(signal.states)) {
    const pattern = fold(entry);
    if (pattern === sought) return state;
    if (!pattern.endsWith('*') || !sought.startsWith(pattern.slice(0, -1))) continue;
    if (!best || pattern.length > best.length) best = { length: pattern.length, state };
  }
  return best?.state;
}
