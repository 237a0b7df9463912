import { type Entry, type MachineObservation, type Nanoseconds, storedTime } from '@benchline/model';
import { entriesWithin } from '../entries.ts';
import { mergeWithin } from '../intervals.ts';
import { compare, inTimeOrder } from '../order.ts';
import type {
  KpiPoint,
  MachineGap,
  ObservedInterval,
  Placement,
  StoreWrite,
  TelemetryStore,
  WriteOutcome,
} from '../port.ts';
import { refusalOf } from '../refusal.ts';

/** A store in this process's memory, for what fits there: a file of observations, looked at once. */
export function openMemoryStore({ placement }: { placement: Placement }): TelemetryStore {
  return new MemoryStore(placement);
}

class MemoryStore implements TelemetryStore {
  readonly #placement: Placement;
  readonly #observations = new Map<string, Track>();
  readonly #observed = new Map<string, ObservedInterval[]>();
  readonly #gaps = new Map<string, MachineGap>();
  readonly #entries = new Map<string, Entry>();
  readonly #kpis = new Map<string, KpiPoint>();

  constructor(placement: Placement) {
    this.#placement = placement;
  }

  async write({ observations, observed, gaps, entries = [] }: StoreWrite): Promise<WriteOutcome> {
    const rejected: WriteOutcome['rejected'][number][] = [];
    for (const [index, observation] of observations.entries()) {
      const refusal = refusalOf(observation, this.#placement);
      if (refusal) rejected.push({ kind: 'observation', index, ...refusal });
      else this.#track(observation).add(observation);
    }
    for (const interval of observed) this.#claim(interval);
    for (const gap of gaps) this.#gaps.set(gapKey(gap), gap);
    for (const entry of entries) this.#entries.set(entry.id, entry);
    const written = observations.length + observed.length + gaps.length + entries.length;
    return { accepted: written - rejected.length, rejected };
  }

  async observations({
    machine,
    signals,
    from_ns,
    to_ns,
  }: Parameters<TelemetryStore['observations']>[0]): Promise<MachineObservation[]> {
    const tracks = this.#tracks(machine, signals).map((track) => track.between(from_ns, to_ns));
    return inTimeOrder(tracks.flat());
  }

  async latest({
    machine,
    signals,
    at_ns,
  }: Parameters<TelemetryStore['latest']>[0]): Promise<MachineObservation[]> {
    return inTimeOrder(this.#tracks(machine, signals).flatMap((track) => track.at(at_ns) ?? []));
  }

  async observed({ machine, source, from_ns, to_ns }: Parameters<TelemetryStore['observed']>[0]) {
    const said = (this.#observed.get(machine) ?? []).filter(
      (o) => source === undefined || o.source === source,
    );
    return mergeWithin(
      said.map((o) => ({ from_ns: o.from_ns, to_ns: o.until_ns })),
      { from_ns, to_ns },
    );
  }

  async gaps({ machine, from_ns, to_ns }: Parameters<TelemetryStore['gaps']>[0]): Promise<MachineGap[]> {
    return [...this.#gaps.values()]
      .filter((gap) => gap.machine === machine && gap.from_ns < to_ns && gap.to_ns > from_ns)
      .sort(
        (a, b) => compare(a.from_ns, b.from_ns) || compare(a.source, b.source) || compare(a.reason, b.reason),
      );
  }

  async entries(query: Parameters<TelemetryStore['entries']>[0]): Promise<Entry[]> {
    return entriesWithin(this.#entries.values(), query);
  }

  async writeKpis(points: readonly KpiPoint[]): Promise<void> {
    for (const point of points) this.#kpis.set(`${point.scope} ${point.period} ${point.from_ns}`, point);
  }

  async kpis({ scope, period, from_ns, to_ns }: Parameters<TelemetryStore['kpis']>[0]): Promise<KpiPoint[]> {
    return [...this.#kpis.values()]
      .filter((p) => p.scope === scope && p.period === period && p.from_ns >= from_ns && p.from_ns < to_ns)
      .sort((a, b) => compare(a.from_ns, b.from_ns));
  }

  async close(): Promise<void> {}

  /** Claims follow each other for hours: one that goes on where the last of its source ended lengthens it. */
  #claim(interval: ObservedInterval): void {
    const claims = this.#observed.get(interval.machine) ?? [];
    const last = claims.findLast(({ source }) => source === interval.source);
    if (last?.until_ns === interval.from_ns) last.until_ns = interval.until_ns;
    else claims.push({ ...interval });
    this.#observed.set(interval.machine, claims);
  }

  #tracks(machine: string, signals?: readonly string[]): Track[] {
    if (signals) return signals.flatMap((signal) => this.#observations.get(`${machine}/${signal}`) ?? []);
    const prefix = `${machine}/`;
    return [...this.#observations].flatMap(([key, track]) => (key.startsWith(prefix) ? track : []));
  }

  #track({ machine, signal }: MachineObservation): Track {
    const key = `${machine}/${signal}`;
    let track = this.#observations.get(key);
    if (!track) this.#observations.set(key, (track = new Track()));
    return track;
  }
}

/** The observations of one signal, put in order when they are first read after a write. */
class Track {
  #observations: MachineObservation[] = [];
  #ordered = true;

  add(observation: MachineObservation): void {
    this.#observations.push(observation);
    this.#ordered = false;
  }

  between(from_ns: Nanoseconds, to_ns: Nanoseconds): MachineObservation[] {
    const observations = this.#inOrder();
    return observations.slice(firstAfter(observations, from_ns), firstAfter(observations, to_ns));
  }

  at(at_ns: Nanoseconds): MachineObservation | undefined {
    const observations = this.#inOrder();
    return observations[firstAfter(observations, at_ns) - 1];
  }

  #inOrder(): MachineObservation[] {
    if (!this.#ordered) this.#observations = inTimeOrder(this.#observations);
    this.#ordered = true;
    return this.#observations;
  }
}

/** Index of the first observation after an instant. */
function firstAfter(observations: readonly MachineObservation[], at_ns: Nanoseconds): number {
  let [low, high] = [0, observations.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const observation = observations[middle];
    if (observation && storedTime(observation) <= at_ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

function gapKey({ machine, source, from_ns, reason }: MachineGap): string {
  return `${machine} ${source} ${from_ns} ${reason}`;
}
