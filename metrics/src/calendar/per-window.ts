import type { Interval } from '../intervals.ts';

type OfWindow<T> = (window: Interval, zone: string) => T;

const mostKept = 64;

/** The same, with its latest results kept: a window is asked for again and again, for one asset after the other. */
export function perWindow<T extends object>(of: OfWindow<T>): OfWindow<T> {
  const kept = new Map<string, T>();
  return (window, zone) => {
    const key = `${zone} ${window.from_ns} ${window.to_ns}`;
    let result = kept.get(key);
    if (result) return result;
    result = of(window, zone);
    kept.set(key, result);
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break;
      kept.delete(oldest);
    }
    return result;
  };
}
