import { setImmediate } from 'node:timers/promises';
import { BenchlineError } from '@benchline/model';
import type {
  KpiPoint,
  MarkedStore,
  Placement,
  StoreWrite,
  TelemetryStore,
  WriteItem,
  WriteOutcome,
} from '../port.ts';
import type { InfluxConfig } from './config.ts';
import { Credentials } from './credentials.ts';
import { MappingNotes } from './mapping-notes.ts';
import { markLine, readMark } from './mark.ts';
import { ObservationLines } from './observation-lines.ts';
import { InfluxQl } from './query.ts';
import { readEntries, readGaps, readKpis, readLatest, readObservations, readObserved } from './reader.ts';
import { entryLine, gapLine, kpiLine, observedLine } from './schema.ts';
import { LineWriter } from './writer.ts';

export interface InfluxStore extends TelemetryStore, MarkedStore {
  /**
   * Sees to it that the database is there: creates it on 1.x, looks for it on 2.x. Every other method does this
   * first unless it has succeeded before, so that a service can start while its store is down.
   * @throws BenchlineError `store_unavailable`.
   */
  prepare(): Promise<void>;
  /** @throws BenchlineError `store_unavailable` when the server does not answer. */
  ping(): Promise<void>;
}

/**
 * A store in InfluxDB 1.x, 2.x or later. Opening reads the secret files and connects to nothing.
 * @throws BenchlineError `config_invalid` when a secret cannot be read.
 */
export async function openInfluxStore(options: {
  config: InfluxConfig;
  placement: Placement;
}): Promise<InfluxStore> {
  return new Influx(options.config, options.placement, await Credentials.read(options.config));
}

/** A millisecond or two of encoding, then whoever else has something to do comes first. */
const linesAtOnce = 1000;

type Rejection = WriteOutcome['rejected'][number];

class Influx implements InfluxStore {
  readonly #config: InfluxConfig;
  readonly #placement: Placement;
  readonly #ql: InfluxQl;
  readonly #writer: LineWriter;
  readonly #lines: ObservationLines;
  readonly #mappings = new MappingNotes();
  #prepared: Promise<void> | undefined;

  constructor(config: InfluxConfig, placement: Placement, credentials: Credentials) {
    this.#config = config;
    this.#placement = placement;
    this.#ql = new InfluxQl(config, credentials);
    this.#writer = new LineWriter(config, credentials);
    this.#lines = new ObservationLines(placement, this.#mappings);
  }

  prepare(): Promise<void> {
    this.#prepared ??= this.#findDatabase();
    return this.#orAgain(this.#prepared);
  }

  ping(): Promise<void> {
    return this.#ql.ping();
  }

  async write(write: StoreWrite): Promise<WriteOutcome> {
    await this.prepare();
    await this.#orAgain(this.#mappings.prepare(this.#ql));
    const { lines, items, rejected } = await this.#encode(write);
    const notes = this.#mappings.missing(write.observations);
    // Lines of one series are of one signal.
    const groupOf = (index: number) => signalOf(items[index], write) ?? '';
    const refused = await this.#orAgain(this.#writer.write([...lines, ...notes.values()], groupOf));
    this.#mappings.written(notes.keys());
    let accepted = items.length;
    for (const { index, detail, expired } of refused) {
      const item = items[index];
      if (!item) continue;
      accepted -= 1;
      rejected.push({ ...item, code: expired ? 'expired' : 'refused', detail });
    }
    return { accepted, rejected };
  }

  async #encode(write: StoreWrite): Promise<{ lines: string[]; items: WriteItem[]; rejected: Rejection[] }> {
    const lines: string[] = [];
    const items: WriteItem[] = [];
    const rejected: Rejection[] = [];
    const take = async <T>(
      kind: WriteItem['kind'],
      things: readonly T[],
      lineOf: (thing: T) => string | undefined,
    ) => {
      for (const [index, thing] of things.entries()) {
        if (index % linesAtOnce === linesAtOnce - 1) await setImmediate();
        const item = { kind, index };
        try {
          const line = lineOf(thing);
          if (line === undefined)
            rejected.push({ ...item, code: 'unknown_signal', detail: 'the plant has no such signal' });
          else {
            lines.push(line);
            items.push(item);
          }
        } catch (error) {
          rejected.push({ ...item, code: 'unrepresentable', detail: reasonOf(error) });
        }
      }
    };
    const locate = (machine: string) => this.#placement.location(machine);
    await take('observation', write.observations, (o) => this.#lines.lineOf(o));
    await take('observed', write.observed, (interval) => observedLine(interval, locate(interval.machine)));
    await take('gap', write.gaps, (gap) => gapLine(gap, locate(gap.machine)));
    await take('entry', write.entries ?? [], (entry) => entryLine(entry, locate(entry.subject)));
    return { lines, items, rejected };
  }

  async mark(ledger: string, next: number): Promise<void> {
    await this.prepare();
    const [refused] = await this.#orAgain(this.#writer.write([markLine(ledger, next)]));
    if (refused) throw new BenchlineError('store_rejected', `InfluxDB refuses a mark: ${refused.detail}`);
  }

  marked(ledger: string): Promise<number | undefined> {
    return this.#read((ql) => readMark(ql, ledger));
  }

  async writeKpis(points: readonly KpiPoint[]): Promise<void> {
    await this.prepare();
    const [refused] = await this.#orAgain(this.#writer.write(points.map(kpiLine)));
    if (refused)
      throw new BenchlineError('store_rejected', `InfluxDB refuses a KPI point: ${refused.detail}`, {
        hint: 'another program may have written fields of another type into the measurement "kpi"',
      });
  }

  observations(query: Parameters<TelemetryStore['observations']>[0]) {
    return this.#read(async (ql) => this.#mappings.complete(ql, await readObservations(ql, query)));
  }

  latest(query: Parameters<TelemetryStore['latest']>[0]) {
    return this.#read(async (ql) => this.#mappings.complete(ql, await readLatest(ql, query)));
  }

  observed(query: Parameters<TelemetryStore['observed']>[0]) {
    return this.#read((ql) => readObserved(ql, query));
  }

  gaps(query: Parameters<TelemetryStore['gaps']>[0]) {
    return this.#read((ql) => readGaps(ql, query));
  }

  entries(query: Parameters<TelemetryStore['entries']>[0]) {
    return this.#read((ql) => readEntries(ql, query));
  }

  kpis(query: Parameters<TelemetryStore['kpis']>[0]) {
    return this.#read((ql) => readKpis(ql, query));
  }

  async close(): Promise<void> {
    this.#writer.close();
  }

  async #read<T>(read: (ql: InfluxQl) => Promise<T>): Promise<T> {
    await this.prepare();
    return this.#orAgain(read(this.#ql));
  }

  /** After any failure the database is looked for again: it may have been dropped, or be another server's now. */
  #orAgain<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      this.#prepared = undefined;
      this.#mappings.forget();
      throw error;
    });
  }

  async #findDatabase(): Promise<void> {
    if (this.#config.version === 2) {
      await this.#ql.select('SHOW MEASUREMENTS LIMIT 1');
      return;
    }
    const name = this.#config.database;
    const [databases] = await this.#ql.select('SHOW DATABASES');
    if (databases?.rows.some(([existing]) => existing === name)) return;
    await this.#ql.select(`CREATE DATABASE "${name}"`);
  }
}

function signalOf(item: WriteItem | undefined, { observations }: StoreWrite): string | undefined {
  return item?.kind === 'observation' ? observations[item.index]?.signal : undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof BenchlineError && error.code === 'value_unrepresentable') return error.message;
  throw error;
}
