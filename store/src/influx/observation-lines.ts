import { type MachineObservation, storedTime, type Value } from '@benchline/model';
import { encodeTime, encodeValue } from '../line-protocol/index.ts';
import type { Placement } from '../port.ts';
import { mappingDigits } from './mapping-notes.ts';
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
  #gatewayTime = { time_ns: 0n, text: '0i' };
  #mapping = { digest: '', digits: '' };

  constructor(placement: Placement) {
    this.#placement = placement;
  }

  /**
   * The line of an observation, undefined when the plant has no such signal.
   * @throws BenchlineError `value_unrepresentable`.
   */
  lineOf(o: MachineObservation): string | undefined {
    const series = this.#seriesOf(o);
    if (series === undefined) return undefined;
    let fields = '';
    let kind = 'none';
    if (o.value !== undefined) {
      kind = kindOf(o.value);
      fields = `${kind}=${encodeValue(kind, o.value)},`;
    }
    if (o.native !== undefined) {
      const native = kindOf(o.native);
      fields += `native_${native}=${encodeValue(`native_${native}`, o.native)},`;
      kind += `<${native}`;
    }
    if (o.status !== 0) {
      fields += `status=${o.status}i,`;
      kind += ' status';
    }
    if (o.ordinal !== 0) {
      fields += `ordinal=${o.ordinal}i,`;
      kind += ' ordinal';
    }
    if (o.stated_time_ns !== undefined) {
      fields += `stated_time_ns=${encodeValue('stated_time_ns', o.stated_time_ns)},`;
      kind += ' stated';
    }
    return `${series} ${fields}kind="${kind} ${this.#digitsOf(o.mapping)}",gateway_time_ns=${this.#gatewayTimeOf(o)} ${encodeTime(storedTime(o))}`;
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

  #gatewayTimeOf({ gateway_time_ns }: MachineObservation): string {
    if (gateway_time_ns !== this.#gatewayTime.time_ns)
      this.#gatewayTime = {
        time_ns: gateway_time_ns,
        text: encodeValue('gateway_time_ns', gateway_time_ns),
      };
    return this.#gatewayTime.text;
  }

  #digitsOf(digest: string): string {
    if (digest !== this.#mapping.digest)
      this.#mapping = {
        digest,
        digits: encodeValue('mapping', digest.slice(0, mappingDigits)).slice(1, -1),
      };
    return this.#mapping.digits;
  }
}

type FieldOfValue = 'number' | 'integer' | 'text' | 'flag';

function kindOf(value: Value): FieldOfValue {
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
