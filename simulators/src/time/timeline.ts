import type { Value } from '@benchline/model';

/** One signal of one machine taking a value. */
export interface Point {
  machine: string;
  signal: string;
  /** What the source says: native, before any mapping. */
  value: Value;
}

/** Everything that a simulated source says with one source time. A signal occurs at most once. */
export interface Instant {
  /** Source time, whole ms since 1970. */
  time_ms: number;
  points: Point[];
}

/** The points of an instant, each with its time. */
export function stamped({ time_ms, points }: Instant): (Point & { time_ms: number })[] {
  return points.map((point) => ({ ...point, time_ms }));
}

/** Instants in strictly rising order of time, ended or endless. Pulled only as far as simulated time has come. */
export type Timeline = Iterator<Instant, void, void>;

/** Lets only changes through, as a controller that reports by exception does. */
export class Changes {
  readonly #last = new Map<string, Value>();

  constructor(last: Iterable<Point> = []) {
    for (const point of last) this.#last.set(keyOf(point), point.value);
  }

  /** Whether the point differs from what its signal was; if so, that is what it is now. */
  admit(point: Point): boolean {
    const key = keyOf(point);
    const before = this.#last.get(key);
    if (before !== undefined && Object.is(before, point.value)) return false;
    this.#last.set(key, point.value);
    return true;
  }
}

export function keyOf(point: Pick<Point, 'machine' | 'signal'>): string {
  return `${point.machine}/${point.signal}`;
}
