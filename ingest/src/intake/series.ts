import type { Batch, PlantIndex } from '@benchline/model';
import { BoundedCounts } from './bounded-counts.ts';

/** The signals of one (machine, source) that were seen, each with its name in the status where the plant file lacks it. */
type Known = Map<string, string | undefined>;

/** Stands for the claims and gaps of a source, which are a series of their own. No signal has such a name. */
const claims = '';

/**
 * Which series each gateway has brought: one for every signal of a machine from a source, and one for the claims of
 * each source. A store pays for series, not for points, so a gateway that made up names could fill its memory.
 * Counted from the start of the service.
 */
export class SeriesBook {
  readonly #plant: PlantIndex;
  readonly #max: number;
  readonly #gateways = new Map<string, { sources: Map<string, Known>; series: number }>();
  readonly #unmapped = new BoundedCounts();

  constructor(plant: PlantIndex, maxPerGateway: number) {
    this.#plant = plant;
    this.#max = maxPerGateway;
  }

  /** Counts a batch's series in; false, and nothing counted, when it brings more than its gateway may have. */
  admit(content: Batch): boolean {
    const book = this.#gateways.get(content.gateway) ?? { sources: new Map<string, Known>(), series: 0 };
    const key = `${content.machine} ${content.source}`;
    const known = book.sources.get(key);
    const fresh = this.#newSignals(content, known);
    if (!fresh) return true;
    if (book.series + fresh.size > this.#max) return false;
    const signals = this.#plant.assets.get(content.machine)?.type.signals ?? {};
    const all = known ?? (new Map() as Known);
    for (const signal of fresh) {
      const mapped = signal === claims || Object.hasOwn(signals, signal);
      all.set(signal, mapped ? undefined : `${content.machine}/${signal}`);
    }
    book.sources.set(key, all);
    book.series += fresh.size;
    this.#gateways.set(content.gateway, book);
    for (const { signal } of content.observations) if (fresh.has(signal)) this.#note(all.get(signal));
    return true;
  }

  seriesOf(gateway: string): { known: number; max: number } {
    return { known: this.#gateways.get(gateway)?.series ?? 0, max: this.#max };
  }

  /** Observations of machines and signals that the plant file does not have, by machine/signal. */
  unmapped(): ReturnType<BoundedCounts['report']> {
    return this.#unmapped.report();
  }

  #newSignals({ observations }: Batch, known: Known | undefined): Set<string> | undefined {
    let fresh: Set<string> | undefined;
    if (!known) fresh = new Set([claims]);
    for (const { signal } of observations) {
      const lacking = known?.get(signal);
      if (lacking !== undefined) this.#note(lacking);
      else if (!known?.has(signal)) (fresh ??= new Set()).add(signal);
    }
    return fresh;
  }

  #note(lacking: string | undefined): void {
    if (lacking !== undefined) this.#unmapped.add(lacking);
  }
}
