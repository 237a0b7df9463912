/** How fast a spool grows, over the last minutes. */
const slot_ms = 10_000;
const slots = 60;
/** A shorter look says nothing. */
const shortest_ms = 30_000;
const msPerHour = 3_600_000;

/** Hours, or why nobody knows. */
export type BufferLeft = { hours: number } | { unknown: 'measuring' | 'nothing_arrives' };

/** Measures how many bytes arrive and says how long room will last. The clock is given: it only has to run evenly. */
export class Forecast {
  readonly #begun_ms: number;
  readonly #slots = new Map<number, number>();
  #total = 0;

  constructor(now_ms: number) {
    this.#begun_ms = now_ms;
  }

  /** Bytes since the beginning. */
  get total(): number {
    return this.#total;
  }

  add(bytes: number, now_ms: number): void {
    const slot = Math.floor(now_ms / slot_ms);
    this.#slots.set(slot, (this.#slots.get(slot) ?? 0) + bytes);
    this.#total += bytes;
    for (const old of this.#slots.keys()) if (old <= slot - slots) this.#slots.delete(old);
  }

  /** How long `bytes` of room last at the present rate, and no longer than `longest_h`. */
  left(bytes: number, longest_h: number | undefined, now_ms: number): BufferLeft {
    const since_ms = Math.max(this.#begun_ms, now_ms - slots * slot_ms);
    if (now_ms - since_ms < shortest_ms) return { unknown: 'measuring' };
    let arrived = 0;
    for (const [slot, count] of this.#slots) if ((slot + 1) * slot_ms > since_ms) arrived += count;
    if (arrived === 0) return { unknown: 'nothing_arrives' };
    const hours = (Math.max(0, bytes) * (now_ms - since_ms)) / arrived / msPerHour;
    return { hours: longest_h === undefined ? hours : Math.min(hours, Math.max(0, longest_h)) };
  }
}
