import type { Asset, Nanoseconds } from '@benchline/model';
import { type Carry, carryOf, type Reads } from './gather.ts';

/** Open windows begin their rest at one minute for a minute; a few instants are enough. */
const kept = 4;

/** Remembers what was carried into the latest instants that were asked for, asset by asset. */
export class CarryMemo {
  readonly #store: Reads;
  readonly #carries = new Map<string, Map<Nanoseconds, Promise<Carry>>>();

  constructor(store: Reads) {
    this.#store = store;
  }

  /** @throws BenchlineError `store_unavailable`. */
  async of(asset: Asset, at_ns: Nanoseconds): Promise<Carry> {
    const carries = this.#of(asset.id);
    const known = carries.get(at_ns);
    if (known) return await known;
    const carry = carryOf(this.#store, asset, at_ns);
    carries.set(at_ns, carry);
    for (const oldest of carries.keys()) {
      if (carries.size <= kept) break;
      carries.delete(oldest);
    }
    try {
      return await carry;
    } catch (error) {
      if (carries.get(at_ns) === carry) carries.delete(at_ns);
      throw error;
    }
  }

  /** Something new is known from an instant on. */
  touched(asset: string, from_ns: Nanoseconds): void {
    const carries = this.#of(asset);
    for (const at_ns of carries.keys()) if (at_ns >= from_ns) carries.delete(at_ns);
  }

  #of(asset: string): Map<Nanoseconds, Promise<Carry>> {
    let carries = this.#carries.get(asset);
    if (!carries) {
      carries = new Map();
      this.#carries.set(asset, carries);
    }
    return carries;
  }
}
