import type { Nanoseconds } from '@benchline/model';
import { contains, type Interval } from '../intervals.ts';

/** Something read of a span, of which any window within it can be told. */
export interface ReadSpan<T> {
  of(window: Interval): T;
  /** How many observations were read. */
  size: number;
}

/** Windows of so many lengths are looked at side by side. */
const mostOfAnAsset = 4;
/** Observations in all spans together, each some 50 bytes. */
const mostSize = 300_000;

interface Kept<T> extends Interval {
  read: ReadSpan<T>;
}

/**
 * What was read for the beginnings of windows. One that reaches a certain time back from now begins a little later
 * each time that it is asked for; what it needs then was read before.
 */
export class KeptSpans<T> {
  /** By asset, the one that was asked about longest ago first. */
  readonly #assets = new Map<string, readonly Kept<T>[]>();
  #size = 0;

  find(asset: string, window: Interval): ReadSpan<T> | undefined {
    const spans = this.#assets.get(asset);
    const found = spans?.find((span) => contains(span, window));
    if (!spans || !found) return undefined;
    this.#set(asset, [...spans.filter((span) => span !== found), found]);
    return found.read;
  }

  keep(asset: string, { from_ns, to_ns }: Interval, read: ReadSpan<T>): void {
    if (read.size * mostOfAnAsset > mostSize) return;
    this.#set(asset, [...(this.#assets.get(asset) ?? []), { from_ns, to_ns, read }].slice(-mostOfAnAsset));
    for (const oldest of this.#assets.keys()) {
      if (this.#size <= mostSize) return;
      this.#set(oldest, []);
    }
  }

  /** Something new is known from an instant on, up to another if one is named. */
  touched(asset: string, from_ns: Nanoseconds, until_ns?: Nanoseconds): void {
    const spans = this.#assets.get(asset);
    if (!spans) return;
    const untouched = spans.filter(
      (span) => span.to_ns < from_ns || (until_ns !== undefined && span.from_ns > until_ns),
    );
    if (untouched.length < spans.length) this.#set(asset, untouched);
  }

  #set(asset: string, spans: readonly Kept<T>[]): void {
    const sizeOf = (list: readonly Kept<T>[]) => list.reduce((sum, { read }) => sum + 1 + read.size, 0);
    this.#size += sizeOf(spans) - sizeOf(this.#assets.get(asset) ?? []);
    this.#assets.delete(asset);
    if (spans.length > 0) this.#assets.set(asset, spans);
  }
}
