import type { Feeder, PlantIndex, VirtualMeter } from '@benchline/model';

/** Amounts of meters over one window in 10⁻⁹ units; undefined where a meter was not read. */
export type AmountOf = (meter: string) => bigint | undefined;

/** Where a carrier's energy is measured, and what is behind what. */
export class MeterTree {
  readonly #feeders: readonly Feeder[];
  readonly #virtual: ReadonlyMap<string, VirtualMeter>;

  constructor({ plant }: PlantIndex) {
    this.#feeders = plant.energy.feeders;
    this.#virtual = new Map(plant.energy.virtual_meters.map((meter) => [meter.id, meter]));
  }

  get feeders(): readonly Feeder[] {
    return this.#feeders;
  }

  /** The machines and meters whose registers a meter's amount comes from: itself, or what a virtual one is made of. */
  registersOf(meter: string): readonly string[] {
    const virtual = this.#virtual.get(meter);
    return virtual ? [...virtual.add, ...virtual.subtract] : [meter];
  }

  /** The amount of a meter, virtual or not; undefined when anything of it was not read. */
  amount(meter: string, of: AmountOf): bigint | undefined {
    const virtual = this.#virtual.get(meter);
    if (!virtual) return of(meter);
    const added = sum(virtual.add.map(of));
    const taken = sum(virtual.subtract.map(of));
    return added === undefined || taken === undefined ? undefined : added - taken;
  }

  /** Whether a meter has a place of its own in the tree, so that it is not taken to measure all of its line. */
  isFeeder(meter: string, carrier: string): boolean {
    return this.#feeders.some((feeder) => feeder.meter === meter && feeder.carrier === carrier);
  }

  /**
   * Of the assets of a scope, those whose registers of a carrier do not count in its sum: what is behind a feeder
   * that counts, and feeders of what lies outside.
   */
  notCounted(assets: readonly string[], carrier: string): ReadonlySet<string> {
    const inside = new Set(assets);
    const out = new Set<string>();
    for (const asset of assets) {
      if (!this.isFeeder(asset, carrier)) continue;
      const behind = this.#behind(asset, carrier);
      if (behind.some((id) => !inside.has(id)) && assets.length > 1) out.add(asset);
      else for (const id of behind) out.add(id);
    }
    return out;
  }

  /** All machines and meters behind a feeder, near and far. */
  #behind(meter: string, carrier: string): string[] {
    const reached = new Set<string>();
    const visit = (id: string) => {
      const feeds = this.#feeders
        .filter((f) => f.meter === id && f.carrier === carrier)
        .flatMap((f) => f.feeds);
      for (const register of feeds.flatMap((fed) => this.registersOf(fed))) reached.add(register);
      for (const fed of feeds) visit(fed);
    };
    visit(meter);
    // A virtual meter behind it may be made of the feeder itself, less others.
    reached.delete(meter);
    return [...reached];
  }
}

/** A feeder against the sum of what is behind it. Amounts in 10⁻⁹ units. */
export interface Balance {
  feeder: Feeder;
  amount: bigint | undefined;
  parts: readonly { meter: string; amount: bigint | undefined }[];
  /** Of the parts that were read. */
  sum: bigint;
  /** What the feeder measured beyond its parts; negative when they measured more. Absent while something is unread. */
  remainder: bigint | undefined;
  status: 'balanced' | 'unbalanced' | 'incomplete';
}

/** Checks a feeder over one window. */
export function balanceOf(tree: MeterTree, feeder: Feeder, of: AmountOf): Balance {
  const amount = tree.amount(feeder.meter, of);
  const parts = feeder.feeds.map((meter) => ({ meter, amount: tree.amount(meter, of) }));
  const read = parts.reduce((all, part) => all + (part.amount ?? 0n), 0n);
  const complete = amount !== undefined && parts.every((part) => part.amount !== undefined);
  const remainder = complete ? amount - read : undefined;
  return { feeder, amount, parts, sum: read, remainder, status: statusOf(feeder, amount, remainder) };
}

function statusOf(
  { tolerance }: Feeder,
  amount: bigint | undefined,
  remainder: bigint | undefined,
): Balance['status'] {
  if (amount === undefined || remainder === undefined) return 'incomplete';
  const [size, of] = [Math.abs(Number(remainder)), Math.abs(Number(amount))];
  return size <= tolerance * of ? 'balanced' : 'unbalanced';
}

function sum(amounts: readonly (bigint | undefined)[]): bigint | undefined {
  let all = 0n;
  for (const amount of amounts) {
    if (amount === undefined) return undefined;
    all += amount;
  }
  return all;
}
