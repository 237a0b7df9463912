import { type MachineObservation, storedTime, type Value } from '@benchline/model';
import { encodeTime, encodeValue } from '../line-protocol/index.ts';
import type { Placement } from '../port.ts';
import { aboutWithoutDelay, delayFits, holds, kindBits, type ValueField, withDelay } from './about.ts';
import type { MappingNotes } from './mapping-notes.ts';
import { observationSeries } from './schema.ts';

/** Series remembered; beyond so many they are worked out again. */
const mostRemembered = 200_000;

/** Turns observations into lines, remembering what repeats from one to the next. */
export class ObservationLines {
  readonly #placement: Placement;
  /** A line up to its fields, by signal, within machine, source and gateway. */
  readonly #series = new Map<string, Map<string, string>>();
  #remembered = 0;
  #origin = { machine: '', source: '', gateway: '', signals: new Map<string, string>() };
  readonly #mappings: Pick<MappingNotes, 'numberOf'>;
  /** `about` without the delay, by its facts, of the mapping with this number. */
  #abouts = { mapping: 0, byFacts: new Map<number, bigint>() };
  /** The ends of lines by their facts: tags that are sampled together share their time, and integers of 64 bits are dear. */
  #ends = { at: 0n, gateway_time_ns: 0n, mapping: 0, byFacts: new Map<number, string>() };

  constructor(placement: Placement, mappings: Pick<MappingNotes, 'numberOf'>) {
    this.#placement = placement;
    this.#mappings = mappings;
  }

  /**
   * The line of an observation, undefined when the plant has no such signal.
   * @throws BenchlineError `value_unrepresentable`.
   */
  lineOf(o: MachineObservation): string | undefined {
    const series = this.#seriesOf(o);
    if (series === undefined) return undefined;
    let fields = '';
    let value: ValueField = 'none';
    let native: ValueField = 'none';
    if (o.value !== undefined) {
      value = fieldOf(o.value);
      fields = `${value}=${encodeValue(value, o.value)}`;
    }
    if (o.native !== undefined) {
      native = fieldOf(o.native);
      fields += `,native_${native}=${encodeValue(`native_${native}`, o.native)}`;
    }
    let facts = kindBits(value, native);
    if (o.status !== 0) {
      fields += `,status=${o.status}i`;
      facts |= holds.status;
    }
    if (o.ordinal !== 0) {
      fields += `,ordinal=${o.ordinal}i`;
      facts |= holds.ordinal;
    }
    if (o.stated_time_ns !== undefined) {
      fields += `,stated_time_ns=${encodeValue('stated_time_ns', o.stated_time_ns)}`;
      facts |= holds.stated_time_ns;
    }
    const mapping = this.#mappings.numberOf(o);
    if (mapping === undefined) {
      fields += `,mapping=${encodeValue('mapping', o.mapping)}`;
      facts |= holds.mapping;
    }
    const end = this.#endOf(facts, mapping ?? 0, storedTime(o), o.gateway_time_ns);
    if (value === 'none') return series + (fields + end).slice(1);
    return series + fields + end;
  }

  /** What comes behind a point's other fields. */
  #endOf(facts: number, mapping: number, at: bigint, gateway_time_ns: bigint): string {
    const { byFacts } = this.#ends;
    if (
      at !== this.#ends.at ||
      gateway_time_ns !== this.#ends.gateway_time_ns ||
      mapping !== this.#ends.mapping
    ) {
      byFacts.clear();
      this.#ends = { at, gateway_time_ns, mapping, byFacts };
    }
    let end = byFacts.get(facts);
    if (end === undefined) byFacts.set(facts, (end = this.#newEnd(facts, mapping, at, gateway_time_ns)));
    return end;
  }

  #newEnd(facts: number, mapping: number, at: bigint, gateway_time_ns: bigint): string {
    const delay_ns = gateway_time_ns - at;
    if (delayFits(delay_ns))
      return `,about=${withDelay(this.#aboutOf(facts, mapping), delay_ns)}i ${encodeTime(at)}`;
    const stated = `gateway_time_ns=${encodeValue('gateway_time_ns', gateway_time_ns)}`;
    return `,${stated},about=${this.#aboutOf(facts | holds.gateway_time_ns, mapping)}i ${encodeTime(at)}`;
  }

  #seriesOf(o: MachineObservation): string | undefined {
    const { machine, source, gateway } = this.#origin;
    if (o.machine !== machine || o.source !== source || o.gateway !== gateway) this.#enter(o);
    const known = this.#origin.signals.get(o.signal);
    if (known !== undefined) return known;
    const placement = this.#placement(o.machine, o.signal);
    if (!placement) return undefined;
    const series = `${observationSeries(o, placement)} `;
    this.#origin.signals.set(o.signal, series);
    this.#remembered += 1;
    return series;
  }

  #enter({ machine, source, gateway }: MachineObservation): void {
    if (this.#remembered > mostRemembered) {
      this.#series.clear();
      this.#remembered = 0;
    }
    const key = `${machine} ${source} ${gateway}`;
    let signals = this.#series.get(key);
    if (!signals) this.#series.set(key, (signals = new Map<string, string>()));
    this.#origin = { machine, source, gateway, signals };
  }

  #aboutOf(facts: number, mapping: number): bigint {
    if (mapping !== this.#abouts.mapping) this.#abouts = { mapping, byFacts: new Map<number, bigint>() };
    const { byFacts } = this.#abouts;
    let about = byFacts.get(facts);
    if (about === undefined) byFacts.set(facts, (about = aboutWithoutDelay(facts, mapping)));
    return about;
  }
}

function fieldOf(value: Value): ValueField {
  switch (typeof value) {
    case 'number':
      return 'number';
    case 'bigint':
      return 'integer';
    case 'string':
      return 'text';
    case 'boolean':
      return 'flag';
  }
}
