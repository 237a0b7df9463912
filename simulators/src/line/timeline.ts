import type { Asset, PlantIndex, Product } from '@benchline/model';
import { Changes, type Instant, keyOf, type Point } from '../time/timeline.ts';
import { type DayEvent, day } from './day.ts';
import type { Circumstances } from './energy.ts';
import { localDateAt, nextDate } from './local-day.ts';

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
  const products = productsOf(asset, plant);
  let begun = false;
  for (let date = localDateAt(asset.time_zone, from_ms); ; date = nextDate(date))
    for (const events of byInstant(day(seed, asset, products, date))) {
      const time_ms = events[0]?.time_ms ?? from_ms;
      if (time_ms <= from_ms) {
        for (const { begins } of events) if (begins) voice.holds(begins);
        continue;
      }
      if (!begun) yield { time_ms: from_ms, points: voice.say() };
      begun = true;
      for (const event of events) voice.hear(event);
      yield { time_ms, points: voice.say() };
    }
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

function* byInstant(events: readonly DayEvent[]): Generator<DayEvent[]> {
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

  constructor(asset: Asset, last: readonly Point[]) {
    this.#asset = asset;
    this.#changes = new Changes(last);
    const value = (signal: string) =>
      last.find((point) => point.machine === asset.id && point.signal === signal)?.value ?? 0;
    this.#items = { good: BigInt(Number(value('good-items'))), scrap: BigInt(Number(value('scrap-items'))) };
    this.#energy_mwh = Math.round(Number(value('energy-import')) * 1e6);
  }

  holds(circumstances: Circumstances): void {
    this.#circumstances = circumstances;
  }

  hear(event: DayEvent): void {
    if (event.begins) this.#circumstances = event.begins;
    if (event.item) this.#items[event.item] += 1n;
    this.#energy_mwh += event.energy_mwh ?? 0;
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
    };
    return Object.entries(values)
      .filter(([signal]) => signal in this.#asset.type.signals)
      .map(([signal, value]): Point => ({ machine: this.#asset.id, signal, value }))
      .filter((point) => this.#changes.admit(point));
  }
}
