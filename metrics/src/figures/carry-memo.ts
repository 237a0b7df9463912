import type { Asset, Nanoseconds } from '@benchline/model';
import { carryOf } from './carry.ts';
import type { Carry, Reads } from './history.ts';

/** Open windows begin their rest at one minute for a minute; a few instants are enough. */
const kept = 4;

interface Memory {
  carries: Map<Nanoseconds, Carry>;
  /** Reads in progress, each with the earliest news since it began. */
  reading: Set<Reading>;
}

interface Reading {
  news: Nanoseconds | undefined;
}

/** Remembers what was carried into the latest instants that were read up to, asset by asset. */
export class CarryMemo {
  readonly #store: Reads;
  readonly #back_ns: Nanoseconds;
  readonly #memories = new Map<string, Memory>();

  /** @param back_ns how much earlier than an instant states have to be known. */
  constructor(store: Reads, back_ns: Nanoseconds) {
    this.#store = store;
    this.#back_ns = back_ns;
  }

  /**
   * Reads a span with what is carried into it, and remembers what it hands on.
   * @throws BenchlineError `store_unavailable`.
   */
  async across<T extends { carry: Carry }>(
    asset: Asset,
    from_ns: Nanoseconds,
    to_ns: Nanoseconds,
    read: (carry: Carry) => Promise<T>,
  ): Promise<T> {
    const memory = this.#of(asset.id);
    const reading: Reading = { news: undefined };
    memory.reading.add(reading);
    try {
      const carry =
        memory.carries.get(from_ns) ?? (await carryOf(this.#store, asset, from_ns, this.#back_ns));
      remember(memory, reading, from_ns, carry);
      const result = await read(carry);
      remember(memory, reading, to_ns, result.carry);
      return result;
    } finally {
      memory.reading.delete(reading);
    }
  }

  /** Something new is known from an instant on. */
  touched(asset: string, from_ns: Nanoseconds): void {
    const { carries, reading } = this.#of(asset);
    for (const at_ns of carries.keys()) if (at_ns >= from_ns) carries.delete(at_ns);
    for (const one of reading) if (one.news === undefined || from_ns < one.news) one.news = from_ns;
  }

  #of(asset: string): Memory {
    let memory = this.#memories.get(asset);
    if (!memory) {
      memory = { carries: new Map(), reading: new Set() };
      this.#memories.set(asset, memory);
    }
    return memory;
  }
}

function remember({ carries }: Memory, { news }: Reading, at_ns: Nanoseconds, carry: Carry): void {
  if (news !== undefined && news <= at_ns) return;
  carries.delete(at_ns);
  carries.set(at_ns, carry);
  for (const oldest of carries.keys()) {
    if (carries.size <= kept) return;
    carries.delete(oldest);
  }
}
