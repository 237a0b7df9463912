import type { Signal } from '../plant/schema.ts';
import type { Slug } from '../slug.ts';
import type { Observation } from '../telemetry/batch.ts';
import type { Json } from '../telemetry/canonical.ts';
import { severityOf, status } from '../telemetry/status.ts';
import { converterFor } from './convert.ts';
import { mappingDigest } from './digest.ts';
import type { Convert, Reading, Scaling } from './reading.ts';

/** How one signal is fed: where it stands in the controller, and how its number is changed. */
export interface SignalMapping extends Scaling {
  signal: Signal;
  /** The address in the source's own terms; part of the mapping's digest. */
  address: string;
}

const unlistedShown = 20;

/** Turns what a source saw of one machine into observations of its signals. */
export class Mapper {
  readonly digest: string;
  readonly #converters = new Map<Slug, Convert>();
  readonly #unlisted = new Map<string, { signal: Slug; native: string; count: number }>();
  #badValues = 0;

  constructor(machine: Slug, source: Slug, mappings: ReadonlyMap<Slug, SignalMapping>) {
    const deciding = new Map<Slug, { signal: Signal; address: Json }>();
    for (const [id, { signal, address, scale, offset }] of mappings) {
      this.#converters.set(id, converterFor(signal, { scale, offset }));
      deciding.set(id, { signal, address: { address, scale, offset } });
    }
    this.digest = mappingDigest(machine, source, deciding);
  }

  /** The observation, with ordinal 0: `Ordinals` gives it its own. Undefined for a signal that is not mapped. */
  map(reading: Reading): Observation | undefined {
    const convert = this.#converters.get(reading.signal);
    if (!convert) return undefined;
    const { signal, source_time_ns, native } = reading;
    if (severityOf(reading.status) === 'bad')
      return { signal, source_time_ns, ordinal: 0, status: reading.status };
    if (native === undefined) return { signal, source_time_ns, ordinal: 0, status: status.bad };
    // Nearly every value passes here: what is not there is not copied.
    const mapped = convert(native);
    if (mapped.unlisted !== undefined) this.#countUnlisted(signal, mapped.unlisted);
    if (mapped.status !== undefined) this.#badValues += 1;
    const observation: Observation = {
      signal,
      source_time_ns,
      ordinal: 0,
      status: mapped.status ?? reading.status,
    };
    if (mapped.value !== undefined) observation.value = mapped.value;
    if (mapped.native !== undefined) observation.native = mapped.native;
    return observation;
  }

  /** Native states that the plant's table does not list, by how often they came; the first 20 are told apart. */
  get unlisted(): readonly { signal: Slug; native: string; count: number }[] {
    return [...this.#unlisted.values()];
  }

  /** Values that came as Good and that mapping had to refuse. */
  get refused(): number {
    return this.#badValues;
  }

  #countUnlisted(signal: Slug, native: string): void {
    const key = `${signal}\n${native}`;
    const row = this.#unlisted.get(key);
    if (row) row.count += 1;
    else if (this.#unlisted.size < unlistedShown) this.#unlisted.set(key, { signal, native, count: 1 });
  }
}
