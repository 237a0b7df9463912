import type { MachineObservation } from '@benchline/model';
import { storedTime } from '@benchline/model';
import { encodePoint, influxTimeRange } from '../line-protocol/index.ts';
import type { InfluxQl } from './query.ts';

/**
 * So many digits of its mapping's digest a point carries. All 64 in every point cost the server a quarter of its
 * time; the measurement `mapping` holds them once for every day of data.
 */
export const mappingDigits = 16;

const day_ns = 86_400_000_000_000n;
/** Notes remembered as written; forgetting one only means writing it again. */
const mostRemembered = 10_000;

/** Writes down which digest the digits in points stand for, and finds it again. */
export class MappingNotes {
  readonly #written = new Set<string>();
  readonly #digests = new Map<string, string>();

  /** The notes that some observations need and that are not known to be written: key and line. */
  missing(observations: readonly MachineObservation[]): Map<string, string> {
    const lines = new Map<string, string>();
    let mapping = '';
    let from = 0n;
    let to = 0n;
    for (const o of observations) {
      const at = storedTime(o);
      if (o.mapping === mapping && at >= from && at < to) continue;
      mapping = o.mapping;
      from = at - (((at % day_ns) + day_ns) % day_ns);
      to = from + day_ns;
      const key = `${from} ${mapping}`;
      if (!this.#written.has(key) && mapping.length > mappingDigits) lines.set(key, noteLine(mapping, from));
    }
    return lines;
  }

  written(keys: Iterable<string>): void {
    if (this.#written.size > mostRemembered) this.#written.clear();
    for (const key of keys) this.#written.add(key);
  }

  /** The store may be another one now: what was written is not known any more. */
  forget(): void {
    this.#written.clear();
  }

  /** Puts whole digests in the place of their first digits, as far as there are notes. */
  async complete(ql: InfluxQl, observations: readonly MachineObservation[]): Promise<MachineObservation[]> {
    if (observations.some(({ mapping }) => !this.#digests.has(mapping))) await this.#read(ql);
    return observations.map((o) => ({ ...o, mapping: this.#digests.get(o.mapping) ?? o.mapping }));
  }

  async #read(ql: InfluxQl): Promise<void> {
    const series = await ql.select('SELECT last("digest") FROM "mapping" GROUP BY "mapping"');
    for (const { tags, rows } of series)
      this.#digests.set(tags['mapping'] ?? '', String(rows[0]?.[1] ?? tags['mapping']));
  }
}

/** At the start of a day of source time, so that a retention by age lets it go with that day's points. */
function noteLine(mapping: string, day: bigint): string {
  return encodePoint({
    measurement: 'mapping',
    tags: { mapping: mapping.slice(0, mappingDigits) },
    fields: { digest: mapping },
    time_ns: day < influxTimeRange.first_ns ? influxTimeRange.first_ns : day,
  });
}
