import { type MachineObservation, storedTime } from '@benchline/model';
import type { Dictionary } from './dictionary.ts';
import type { Ordered } from './series-rows.ts';
import { type Values, ValuesBuilder } from './values.ts';

/** Observations of one write, or some of them: series after series, those of one series in the order of the write. */
export interface Written extends Ordered {
  /** Rising. */
  series: Int32Array;
  values: Values;
  /** Has no rows where none of them has one, as `stated` has. */
  natives: Values;
  statuses: Uint32Array;
  origins: Int32Array;
  /** Times that sources stated where they were impossible. */
  stated: Values;
}

/** What the numbers in the rows stand for. */
export interface Dictionaries {
  /** machine, signal */
  series: Dictionary;
  /** source, gateway, mapping */
  origin: Dictionary;
}

/** Puts observations into columns; what is new in them is numbered. */
export function writtenOf(
  observations: readonly MachineObservation[],
  { series, origin }: Dictionaries,
): Written {
  const rows = observations.length;
  const ids = Int32Array.from(observations, ({ machine, signal }) => series.number(machine, signal));
  const places = bySeries(ids);
  const columns = {
    series: new Int32Array(rows),
    at_ns: new BigInt64Array(rows),
    ordinals: new Int32Array(rows),
    statuses: new Uint32Array(rows),
    gateway_ns: new BigInt64Array(rows),
    origins: new Int32Array(rows),
  };
  const [values, natives, stated] = [
    new ValuesBuilder(rows),
    new ValuesBuilder(rows),
    new ValuesBuilder(rows),
  ];
  for (let i = 0; i < rows; i += 1) {
    const o = observations[i]!;
    const row = places[i]!;
    columns.series[row] = ids[i]!;
    columns.at_ns[row] = storedTime(o);
    columns.ordinals[row] = o.ordinal;
    columns.statuses[row] = o.status;
    columns.gateway_ns[row] = o.gateway_time_ns;
    columns.origins[row] = origin.number(o.source, o.gateway, o.mapping);
    values.set(row, o.value);
    natives.set(row, o.native);
    stated.set(row, o.stated_time_ns);
  }
  return {
    ...columns,
    values: values.values(),
    natives: natives.valuesIfAny(),
    stated: stated.valuesIfAny(),
  };
}

/** Where each observation goes so that they lie series by series, those of one series in their order. */
function bySeries(ids: Int32Array): Int32Array {
  const next = new Int32Array(ids.reduce((most, id) => Math.max(most, id), 0) + 2);
  for (const id of ids) next[id + 1]! += 1;
  for (let id = 1; id < next.length; id += 1) next[id]! += next[id - 1]!;
  return ids.map((id) => next[id]!++);
}

/** One of the rows as the observation that it was. */
export function observationIn(
  written: Written,
  row: number,
  { series, origin }: Dictionaries,
): MachineObservation {
  const [machine = '', signal = ''] = series.thing(written.series[row]!);
  const [source = '', gateway = '', mapping = ''] = origin.thing(written.origins[row]!);
  const ordinal = written.ordinals[row]!;
  const observation: MachineObservation = {
    ...{ machine, signal, source, gateway, mapping, ordinal },
    source_time_ns: written.at_ns[row]! - BigInt(ordinal),
    status: written.statuses[row]!,
    gateway_time_ns: written.gateway_ns[row]!,
  };
  const value = written.values.get(row);
  if (value !== undefined) observation.value = value;
  const native = written.natives.get(row);
  if (native !== undefined) observation.native = native;
  const stated_time_ns = written.stated.get(row);
  if (typeof stated_time_ns === 'bigint') observation.stated_time_ns = stated_time_ns;
  return observation;
}

/** The rows of some series with a time in (from, to], in pieces of one series each. */
export function* partsWithin(
  written: Written,
  series: readonly number[],
  { from_ns, to_ns }: { from_ns: bigint; to_ns: bigint },
): Generator<Written> {
  const isIn = (row: number) => written.at_ns[row]! > from_ns && written.at_ns[row]! <= to_ns;
  for (const id of series) {
    const end = firstAtLeast(written.series, id + 1);
    for (let row = firstAtLeast(written.series, id); row < end; ) {
      while (row < end && !isIn(row)) row += 1;
      const first = row;
      while (row < end && isIn(row)) row += 1;
      if (row > first) yield sliceOf(written, first, row);
    }
  }
}

function firstAtLeast(series: Int32Array, id: number): number {
  let [low, high] = [0, series.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (series[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sliceOf(written: Written, first: number, end: number): Written {
  return {
    series: written.series.subarray(first, end),
    at_ns: written.at_ns.subarray(first, end),
    ordinals: written.ordinals.subarray(first, end),
    values: written.values.slice(first, end),
    natives: written.natives.slice(first, end),
    statuses: written.statuses.subarray(first, end),
    gateway_ns: written.gateway_ns.subarray(first, end),
    origins: written.origins.subarray(first, end),
    stated: written.stated.slice(first, end),
  };
}
