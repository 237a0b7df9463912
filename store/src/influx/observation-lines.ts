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
  /** By signal, within machine, source and gateway. */
  readonly #series = new Map<string, Map<string, string>>();
  #remembered = 0;
  #origin = { machine: '', source: '', gateway: '', signals: new Map<string, string>() };
  readonly #mappings: Pick<MappingNotes, 'numberOf'>;
  /** `about` without the delay, by its facts, of the mapping with this number. */
  #abouts = { mapping: 0, byFacts: new Map<number, bigint>() };

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
    const at = storedTime(o);
    let fields = '';
    let value: ValueField = 'none';
    let native: ValueField = 'none';
    if (o.value !== undefined) {
      value = fieldOf(o.value);
      fields = `${value}=${encodeValue(value, o.value)},`;
    }
    if (o.native !== undefined) {
      native = fieldOf(o.native);
      fields += `native_${native}=${encodeValue(`native_${native}`, o.native)},`;
    }
    let facts = kindBits(value, native);
    if (o.status !== 0) {
      fields += `status=${o.status}i,`;
      facts |= holds.status;
    }
    if (o.ordinal !== 0) {
      fields += `ordinal=${o.ordinal}i,`;
      facts |= holds.ordinal;
    }
    if (o.stated_time_ns !== undefined) {
      fields += `stated_time_ns=${encodeValue('stated_time_ns', o.stated_time_ns)},`;
      facts |= holds.stated_time_ns;
    }
    const mapping = this.#mappings.numberOf(o);
    if (mapping === undefined) {
      fields += `mapping=${encodeValue('mapping', o.mapping)},`;
      facts |= holds.mapping;
    }
    let delay_ns = o.gateway_time_ns - at;
    if (!delayFits(delay_ns)) {
      fields += `gateway_time_ns=${encodeValue('gateway_time_ns', o.gateway_time_ns)},`;
      facts |= holds.gateway_time_ns;
      delay_ns = 0n;
    }
    const about = withDelay(this.#aboutOf(facts, mapping ?? 0), delay_ns);
    return `${series} ${fields}about=${about}i ${encodeTime(at)}`;
  }

  #seriesOf(o: MachineObservation): string | undefined {
    const { machine, source, gateway } = this.#origin;
    if (o.machine !== machine || o.source !== source || o.gateway !== gateway) this.#enter(o);
    const known = this.#origin.signals.get(o.signal);
    if (known !== undefined) return known;
    const placement = this.#placement(o.machine, o.signal);
    if (!placement) return undefined;
    const series = observationSeries(o, placement);
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
