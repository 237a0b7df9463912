import { type Asset, type PlacedBatch, type PlantIndex, storedTime } from '@benchline/model';
import type { SaidColumns, TelemetryStore } from '@benchline/store';
import { type Interval, intersect } from '../intervals.ts';
import { type Reads, readSaid, risingSignals, type Stated, textSignals } from './history.ts';
import { farAhead, RecentMachine } from './recent-machine.ts';

/** Observations kept of all machines together: some 20 MB. */
const keptRows = 800_000;
const leastRows = 1000;

type Query<M extends 'observations' | 'latest' | 'observed'> = Parameters<Reads[M]>[0];
type Store = Reads & Pick<TelemetryStore, 'entries'>;

/** The signals of a machine that accounts are made of. */
interface Signals {
  texts: readonly string[];
  numbers: readonly string[];
}

/**
 * A store's reads, of which those that lie in the latest time are answered from memory: what the feed brought is kept
 * as it passes, so that a window which ends now is not read again and again. It never says anything else than the
 * store would. A machine is kept from when it is first asked about; what came before is the store's to say, as is
 * everything about a machine of which something came out of order, until it is asked about again.
 */
export class RecentReads implements Reads {
  readonly #store: Store;
  readonly #signals: ReadonlyMap<string, Signals>;
  readonly #mostRows: number;
  readonly #machines = new Map<string, RecentMachine>();

  /** @param most observations kept of each machine. */
  constructor(store: Store, { assets }: Pick<PlantIndex, 'assets'>, most = mostRowsOf(assets.size)) {
    this.#store = store;
    this.#signals = new Map([...assets.values()].map((asset) => [asset.id, signalsKept(asset)]));
    this.#mostRows = most;
  }

  /** Takes note of a batch that the store holds now. To be called for every one, in the order in which they came. */
  heard(batch: Pick<PlacedBatch, 'machine' | 'source' | 'observations' | 'observed'>): void {
    const { machine, source, observations, observed } = batch;
    const recent = this.#machines.get(machine);
    if (!recent) return;
    if (observed) recent.claimed(source, { from_ns: observed.from_ns, to_ns: observed.until_ns });
    for (const observation of observations) {
      if (recent.add(observation, source)) continue;
      this.#machines.delete(machine);
      return;
    }
    if (recent.rows > this.#mostRows) recent.shorten();
  }

  async observations(query: Query<'observations'>): Promise<Stated[]> {
    const recent = query.signals && this.#covering(query, query.signals);
    if (!recent) return await this.#store.observations(query);
    return inOrder((query.signals ?? []).flatMap((signal) => recent.of(signal)?.within(query) ?? []));
  }

  async said(query: Parameters<NonNullable<TelemetryStore['said']>>[0]): Promise<SaidColumns> {
    const recent = this.#covering(query, [...query.texts, ...query.numbers]);
    return (recent && recent.said(query)) ?? (await readSaid(this.#store, query));
  }

  async latest(query: Query<'latest'>): Promise<Stated[]> {
    const { machine, signals, at_ns } = query;
    const recent = this.#covering({ machine, from_ns: at_ns, to_ns: at_ns }, signals);
    if (!recent) return await this.#store.latest(query);
    const known = new Map(signals.map((signal) => [signal, recent.latest(signal, at_ns)]));
    const asked = signals.filter((signal) => known.get(signal) === 'unknown');
    const version = recent.version;
    const found = asked.length === 0 ? [] : await this.#store.latest({ ...query, signals: asked });
    for (const signal of asked) {
      const stated = found.find((each) => each.signal === signal);
      if (recent.version === version) recent.learn(signal, stated);
    }
    return inOrder([
      ...found,
      ...[...known.values()].filter((each) => each !== undefined && each !== 'unknown'),
    ]);
  }

  async observed(query: Query<'observed'>): Promise<Interval[]> {
    const recent = this.#covering(query, []);
    if (!recent) return await this.#store.observed(query);
    const { machine, source } = query;
    const watched = await recent.watched(source, async (from_ns) => {
      return await this.#store.observed({
        machine,
        from_ns,
        to_ns: farAhead,
        ...(source !== undefined && { source }),
      });
    });
    return watched ? intersect(watched, [query]) : await this.#store.observed(query);
  }

  entries(query: Parameters<Store['entries']>[0]): ReturnType<Store['entries']> {
    return this.#store.entries(query);
  }

  /** What is kept of a machine, if it holds all of some signals in a window. */
  #covering(
    { machine, from_ns, to_ns }: { machine: string } & Interval,
    signals: readonly string[],
  ): RecentMachine | undefined {
    const recent = this.#machines.get(machine);
    if (!recent) this.#begin(machine);
    return recent?.covers({ from_ns, to_ns }, signals) ? recent : undefined;
  }

  #begin(machine: string): void {
    const signals = this.#signals.get(machine);
    if (!signals) return;
    const recent = new RecentMachine(machine, signals);
    this.#machines.set(machine, recent);
    const query = { machine, signals: [...signals.texts, ...signals.numbers], at_ns: farAhead };
    const give_up = () => {
      if (this.#machines.get(machine) === recent) this.#machines.delete(machine);
    };
    this.#store.latest(query).then((latest) => recent.begin(latest), give_up);
  }
}

function mostRowsOf(assets: number): number {
  return Math.max(leastRows, Math.floor(keptRows / Math.max(1, assets)));
}

function signalsKept(asset: Asset): Signals {
  return { texts: textSignals(asset), numbers: risingSignals(asset) };
}

/** By time, those of one instant by signal. */
function inOrder(stated: Stated[]): Stated[] {
  return stated.sort((a, b) => {
    const [first, second] = [storedTime(a), storedTime(b)];
    if (first !== second) return first < second ? -1 : 1;
    return a.signal < b.signal ? -1 : 1;
  });
}
