import { isoFromNs, nsFromMs } from '@benchline/model';
import type { Metric } from '@benchline/model/sparkplug';
import type { Declared } from './births.ts';
import { unitOf } from './native.ts';

const maxPlaces = 200;
const maxMetrics = 500;

export interface UnlistedMetric {
  datatype: string;
  unit?: string;
  /** When the last value came, by ingest's clock. */
  last_value: string;
  values: number;
}

interface Row {
  datatype: string;
  unit: string | undefined;
  last_ms: number;
  values: number;
}

/** Metrics of other makers that no configuration lists: seen, not taken, shown by name so that somebody can list them. */
export class UnlistedMetrics {
  readonly #places = new Map<string, Map<string, Row>>();
  /** Values of metrics beyond the bounds. */
  #others = 0;

  /** @param place `group/node` or `group/node/device`. */
  note(place: string, metric: Metric, declared: Declared | undefined, now_ms: number): void {
    const name = metric.name ?? declared?.name ?? `alias ${metric.alias}`;
    const row = this.#row(place, name);
    if (!row) {
      this.#others += 1;
      return;
    }
    row.datatype = metric.datatype ?? declared?.datatype ?? row.datatype;
    row.unit = unitOf(metric) ?? row.unit;
    row.last_ms = now_ms;
    row.values += 1;
  }

  report() {
    const places = [...this.#places].map(
      ([place, rows]) =>
        [place, Object.fromEntries([...rows].map(([name, row]) => [name, shown(row)]))] as const,
    );
    return { places: Object.fromEntries(places), others: this.#others };
  }

  #row(place: string, name: string): Row | undefined {
    const shortPlace = place.slice(0, 400);
    let rows = this.#places.get(shortPlace);
    if (!rows) {
      if (this.#places.size >= maxPlaces) return undefined;
      this.#places.set(shortPlace, (rows = new Map<string, Row>()));
    }
    const shortName = name.slice(0, 200);
    let row = rows.get(shortName);
    if (!row && rows.size < maxMetrics) {
      row = { datatype: 'unsupported', unit: undefined, last_ms: 0, values: 0 };
      rows.set(shortName, row);
    }
    return row;
  }
}

function shown({ datatype, unit, last_ms, values }: Row): UnlistedMetric {
  return {
    datatype,
    ...(unit === undefined ? {} : { unit }),
    last_value: isoFromNs(nsFromMs(last_ms)),
    values,
  };
}
