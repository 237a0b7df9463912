import type { Asset, PlantIndex, Product } from '@benchline/model';
import { Changes, type Instant, keyOf, type Point } from '../time/timeline.ts';
import { day } from './day.ts';
import type { Circumstances, DayEvent } from './event.ts';
import { feederEvents } from './feeder.ts';
import { type LocalDate, localDateAt, nextDate } from './local-day.ts';
import { Random } from './random.ts';

/**
 * What synthetic machines say from an instant on, without end: first what holds at that instant, as far as it
 * differs from `last`, then every change. Counters and registers go on from `last`.
 */
export function* lineTimeline(options: {
  seed: string;
  plant: PlantIndex;
  machines: readonly Asset[];
  from_ms: number;
  last: readonly Point[];
}): Generator<Instant, void, void> {
  const streams = options.machines.map((asset) => machineTimeline(asset, options));
  const heads = streams.map((stream) => stream.next().value);
  for (;;) {
    const times = heads.map((head) => head?.time_ms ?? Number.POSITIVE_INFINITY);
    const time_ms = Math.min(...times);
    const points: Point[] = [];
    for (const [i, head] of heads.entries()) {
      if (head?.time_ms !== time_ms) continue;
      points.push(...head.points);
      heads[i] = streams[i]?.next().value;
    }
    yield { time_ms, points };
  }
}

/** A controller that is scanned: everything since the last scan is said at the next one, the newest value of each signal. */
export function* scanned(timeline: Iterator<Instant, void>, scan_ms: number): Generator<Instant, void, void> {
  let scan: { time_ms: number; points: Map<string, Point> } | undefined;
  for (let next = timeline.next(); !next.done; next = timeline.next()) {
    const time_ms = Math.ceil(next.value.time_ms / scan_ms) * scan_ms;
    if (scan && scan.time_ms !== time_ms) yield { time_ms: scan.time_ms, points: [...scan.points.values()] };
    if (scan?.time_ms !== time_ms) scan = { time_ms, points: new Map() };
    for (const point of next.value.points) scan.points.set(keyOf(point), point);
  }
}

function* machineTimeline(
  asset: Asset,
  {
    seed,
    plant,
    from_ms,
    last,
  }: { seed: string; plant: PlantIndex; from_ms: number; last: readonly Point[] },
): Generator<Instant, void, void> {
  const voice = new MachineVoice(asset, last);
  let begun = false;
  for (const events of byInstant(eventsFrom(seed, asset, plant, from_ms))) {
    const time_ms = events[0]?.time_ms ?? from_ms;
    if (time_ms <= from_ms) {
      voice.assume(events);
      continue;
    }
    if (!begun) yield { time_ms: from_ms, points: voice.say() };
    begun = true;
    for (const event of events) voice.hear(event);
    yield { time_ms, points: voice.say() };
  }
}

/** Day after day, from the beginning of the day in which an instant lies. */
function* eventsFrom(
  seed: string,
  asset: Asset,
  plant: PlantIndex,
  from_ms: number,
): Generator<DayEvent, void, void> {
  const machines = asset.kind === 'meter' ? fedBy(asset, plant) : undefined;
  const dayOf = (machine: Asset, date: LocalDate) => day(seed, machine, productsOf(machine, plant), date);
  for (let date = localDateAt(asset.time_zone, from_ms); ; date = nextDate(date))
    yield* machines
      ? feederEvents(
          machines.map((machine) => dayOf(machine, date)),
          new Random(`${seed}/${asset.id}/${date}`),
        )
      : dayOf(asset, date);
}

/** The machines behind a meter. */
function fedBy(meter: Asset, { plant, assets }: PlantIndex): Asset[] {
  const fed = plant.energy.feeders.find((feeder) => feeder.meter === meter.id)?.feeds ?? [];
  return fed.flatMap((id) => assets.get(id) ?? []);
}

/** Products that a machine changes over between: its own first, then those that share the first word of its id. */
function productsOf(asset: Asset, plant: PlantIndex): Product[] {
  const own = asset.product;
  if (!own) return [];
  const family = own.id.split('-')[0] ?? own.id;
  const related = [...plant.products.values()].filter(
    ({ id }) => id !== own.id && id.startsWith(`${family}-`),
  );
  return [own, ...related];
}

/** The last reading of a day and the beginning of the next have the same time: they are one instant too. */
function* byInstant(events: Iterable<DayEvent>): Generator<DayEvent[], void, void> {
  let group: DayEvent[] = [];
  for (const event of events) {
    if (group.length > 0 && group[0]?.time_ms !== event.time_ms) {
      yield group;
      group = [];
    }
    group.push(event);
  }
  if (group.length > 0) yield group;
}

/** Turns events into the values of the signals that the machine's type has, and says those that change. */
class MachineVoice {
  readonly #asset: Asset;
  readonly #changes: Changes;
  #circumstances: Circumstances = { state: 'Idle', product: '', order: '', power_w: 0 };
  readonly #items: { good: bigint; scrap: bigint };
  #energy_mwh: number;
  #diameter_mm: number | undefined;

  constructor(asset: Asset, last: readonly Point[]) {
    this.#asset = asset;
    this.#changes = new Changes(last);
    const value = (signal: string) =>
      last.find((point) => point.machine === asset.id && point.signal === signal)?.value ?? 0;
    this.#items = { good: BigInt(Number(value('good-items'))), scrap: BigInt(Number(value('scrap-items'))) };
    this.#energy_mwh = Math.round(Number(value('energy-import')) * 1e6);
  }

  /** Takes over the circumstances that past events led to; what they counted is in `last` already. */
  assume(events: readonly DayEvent[]): void {
    this.#circumstances = events.findLast(({ begins }) => begins)?.begins ?? this.#circumstances;
  }

  hear(event: DayEvent): void {
    if (event.begins) this.#circumstances = event.begins;
    if (event.item) this.#items[event.item] += 1n;
    this.#energy_mwh += event.energy_mwh ?? 0;
    this.#diameter_mm = event.diameter_mm ?? this.#diameter_mm;
  }

  say(): Point[] {
    const { state, product, order, power_w } = this.#circumstances;
    const values = {
      state,
      product,
      order,
      'good-items': this.#items.good,
      'scrap-items': this.#items.scrap,
      'energy-import': this.#energy_mwh / 1e6,
      power: power_w / 1000,
      diameter: this.#diameter_mm,
    };
    return Object.entries(values)
      .flatMap(([signal, value]): Point[] =>
        value !== undefined && signal in this.#asset.type.signals
          ? [{ machine: this.#asset.id, signal, value }]
          : [],
      )
      .filter((point) => this.#changes.admit(point));
  }
}
