import type { Datatype, Metric } from '@benchline/model/sparkplug';

/** A metric as a birth declared it. */
export interface Declared {
  device: string | undefined;
  name: string;
  /** Undefined for types that are not taken (arrays, data sets, templates). */
  datatype: Datatype | undefined;
}

/**
 * What the births of one edge node have declared. Aliases are one name space for the node and all its devices
 * (Sparkplug 3.0.0, tck-id-payloads-alias-uniqueness).
 */
export class Births {
  readonly #max: number;
  readonly #byName = new Map<string, Declared>();
  readonly #byAlias = new Map<bigint, Declared>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Begins anew with the metrics of an NBIRTH; those of devices follow in their DBIRTHs. */
  node(metrics: readonly Metric[]): void {
    this.#byName.clear();
    this.#byAlias.clear();
    this.device(undefined, metrics);
  }

  /** Declares the metrics of a device, in place of those it declared before. */
  device(device: string | undefined, metrics: readonly Metric[]): void {
    for (const [key, known] of this.#byName) if (known.device === device) this.#byName.delete(key);
    for (const [alias, known] of this.#byAlias) if (known.device === device) this.#byAlias.delete(alias);
    for (const { name, alias, datatype } of metrics) {
      if (name === undefined || this.#byName.size >= this.#max) continue;
      const declared = { device, name, datatype };
      this.#byName.set(keyOf(device, name), declared);
      if (alias !== undefined) this.#byAlias.set(alias, declared);
    }
  }

  /** The declaration of a metric in a data message: by its alias, else by its name. */
  find(device: string | undefined, { name, alias }: Metric): Declared | undefined {
    if (name !== undefined) return this.#byName.get(keyOf(device, name));
    return alias === undefined ? undefined : this.#byAlias.get(alias);
  }
}

function keyOf(device: string | undefined, name: string): string {
  // No id has a '/' in it.
  return `${device ?? ''}/${name}`;
}
