import {
  type Asset,
  BenchlineError,
  type Entry,
  type MachineObservation,
  type Nanoseconds,
  type Signal,
  severityOf,
  signalsOf,
  storedTime,
} from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import { observationStretches } from '../api/observation-lines.ts';
import type { Interval } from '../intervals.ts';

export type CharacteristicSignal = Extract<Signal, { measurement: 'characteristic' }>;

/** A measured quality characteristic of a machine. */
export interface Characteristic {
  asset: Asset;
  id: string;
  signal: CharacteristicSignal;
}

/** Values that were measured together, at the time of the last of them. */
export interface Subgroup {
  at_ns: Nanoseconds;
  values: readonly number[];
}

/** Values that no subgroup takes up, by why. */
export interface LeftOut {
  uncertain: number;
  bad: number;
  not_a_number: number;
  /** The last ones of the window, too few for a subgroup. */
  incomplete: number;
  /** Of entries whose subgroup has another size than asked for. */
  other_size: number;
}

/** @throws BenchlineError `not_found`. */
export function findCharacteristic(asset: Asset, id: string): Characteristic {
  const known = signalsOf(asset, 'characteristic');
  const signal = known.find(([name]) => name === id)?.[1];
  if (signal) return { asset, id, signal };
  const names = known.map(([name]) => name).join(', ');
  throw new BenchlineError('not_found', `'${asset.id}' has no characteristic '${id}'`, {
    hint: names === '' ? 'its type has no signal with measurement: characteristic' : `it has ${names}`,
  });
}

export function characteristicsOf(assets: readonly Asset[]): Characteristic[] {
  return assets.flatMap((asset) =>
    signalsOf(asset, 'characteristic').map(([id, signal]) => ({ asset, id, signal })),
  );
}

/**
 * Reads the measured values of a characteristic in (from, to] as subgroups, in time order: so many consecutive
 * values of its signal each, and every entry of a person as one. Values whose quality is not good are left out and
 * counted.
 */
export class SubgroupReader {
  readonly leftOut: LeftOut = { uncertain: 0, bad: 0, not_a_number: 0, incomplete: 0, other_size: 0 };
  readonly #store: Pick<TelemetryStore, 'observations'>;
  readonly #characteristic: Characteristic;
  readonly #size: number;

  constructor(store: Pick<TelemetryStore, 'observations'>, characteristic: Characteristic, size: number) {
    this.#store = store;
    this.#characteristic = characteristic;
    this.#size = size;
  }

  /**
   * @param entries those about the machine in the window that hold.
   * @throws BenchlineError `store_unavailable`.
   */
  async *read(window: Interval, entries: readonly Entry[]): AsyncGenerator<Subgroup> {
    const entered = this.#entered(entries);
    let next = 0;
    for await (const subgroup of this.#recorded(window)) {
      for (; next < entered.length && entered[next]!.at_ns <= subgroup.at_ns; next += 1) yield entered[next]!;
      yield subgroup;
    }
    yield* entered.slice(next);
  }

  async *#recorded(window: Interval): AsyncGenerator<Subgroup> {
    const { asset, id } = this.#characteristic;
    let values: number[] = [];
    for await (const observations of observationStretches(this.#store, asset, window, [id]))
      for (const observation of observations) {
        const value = this.#valueOf(observation);
        if (value === undefined) continue;
        values.push(value);
        if (values.length < this.#size) continue;
        yield { at_ns: storedTime(observation), values };
        values = [];
      }
    this.leftOut.incomplete += values.length;
  }

  #valueOf({ status, value }: MachineObservation): number | undefined {
    const severity = severityOf(status);
    if (severity !== 'good') {
      this.leftOut[severity] += 1;
      return undefined;
    }
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    this.leftOut.not_a_number += 1;
    return undefined;
  }

  #entered(entries: readonly Entry[]): Subgroup[] {
    return entries.flatMap(({ from_ns: at_ns, subject, statement }): Subgroup[] => {
      const { asset, id } = this.#characteristic;
      if (subject !== asset.id || statement.kind !== 'measurement' || statement.characteristic !== id)
        return [];
      if (this.#size === 1) return statement.values.map((value) => ({ at_ns, values: [value] }));
      if (statement.values.length === this.#size) return [{ at_ns, values: statement.values }];
      this.leftOut.other_size += statement.values.length;
      return [];
    });
  }
}
