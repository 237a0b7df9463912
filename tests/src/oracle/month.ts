import { type Entry, type MachineObservation, status } from '@benchline/model';
import { Random } from '@benchline/simulators';
import type { ObservedInterval } from '@benchline/store';
import { lostShift, type Span } from './calendar.ts';

/** What one delivery brings. */
export interface Delivery {
  observations: MachineObservation[];
  observed: ObservedInterval[];
  /** What people stated. */
  entries?: Entry[];
}

/** A month as it was delivered: most of it in time, some of it long after. */
export interface SyntheticMonth {
  inTime: Delivery;
  /** Out of order, what was in time being there already. */
  late: Delivery;
}

export interface MonthOptions {
  seed: number;
  span: Span;
  /** Time between two readings of counters and registers, and two repeats of states; less than an hour. */
  beat_s: number;
  machines?: readonly MachineName[];
}

const makers = { mill, lathe, press, feeder } as const;
export type MachineName = keyof typeof makers;

const second = 1_000_000_000n;
const hour = 3600n * second;
const natives = {
  producing: 'RUN',
  setup: 'SET',
  waiting: 'IDLE',
  short_stop: 'HOLD',
  no_order: 'OFF',
  planned_maintenance: 'SERVICE',
} as const;

/** What a machine does next, by how often. */
const likely = [
  ...(['producing', 'producing', 'producing', 'producing', 'setup', 'waiting'] as const),
  ...(['short_stop', 'fault', 'no_order', 'planned_maintenance'] as const),
];

/** The same month for the same seed, to the nanosecond. */
export function syntheticMonth({ seed, span, beat_s, machines }: MonthOptions): SyntheticMonth {
  const parts = (machines ?? (['mill', 'lathe', 'press', 'feeder'] as const)).map((machine) => {
    const track = new Track(machine, new Random(`${seed} ${machine}`), span, beat_s);
    makers[machine](track);
    return track.delivered();
  });
  return { inTime: joined(parts.map((p) => p.inTime)), late: joined(parts.map((p) => p.late)) };
}

function joined(deliveries: readonly Delivery[]): Delivery {
  return {
    observations: deliveries.flatMap((d) => d.observations),
    observed: deliveries.flatMap((d) => d.observed),
  };
}

function mill(track: Track): void {
  const total = track.counter(4096);
  const scrap = track.counter();
  const [energy, fedBack] = [track.register(999.0625), track.register(3)];
  for (const at of track.beats()) {
    track.state('controller', at);
    track.sometimes(90, () => track.say('order', at, 'controller', track.random.pick(['A-1', 'A-2', ''])!));
    track.sometimes(60, () =>
      track.say('product', at, 'controller', track.random.pick(['part', 'flange', 'unlisted', ''])!),
    );
    track.say('total', at, 'controller', total(track.made(47)));
    track.say('scrap', at, 'controller', scrap(track.made(900)));
    track.say('energy', at, 'meter', energy(track.power_kw(11)));
    track.say('fed-back', at, 'meter', fedBack(track.power_kw(0.4)));
  }
}

function lathe(track: Track): void {
  const [good, scrap, rework] = [track.counter(), track.counter(), track.counter()];
  const [energy, gas] = [track.register(12_345_678.5), track.register(88.125)];
  // The meter is exchanged for one that begins nearly at 0.
  const exchange = track.span.from_ns + 13n * 24n * hour + 12_345_678_901n;
  let exchanged = false;
  for (const at of track.beats()) {
    if (!exchanged && at >= exchange) {
      exchanged = true;
      energy.exchange(12.25);
    }
    track.state('controller', at);
    track.sometimes(120, () =>
      track.say('product', at, 'controller', track.random.pick(['shaft', 'flange', ''])!),
    );
    track.sometimes(700, () => good.restart());
    track.say('good', at, 'controller', good(track.made(95)));
    track.say('scrap', at, 'controller', scrap(track.made(2000)));
    track.say('rework', at, 'controller', rework(track.made(4000)));
    track.say('energy', at, 'meter', energy(track.power_kw(7000)));
    // m³/h.
    track.say('gas', at, 'meter', gas(track.power_kw(3.2)));
  }
}

function press(track: Track): void {
  const total = track.counter();
  const energy = track.register(995, 1000);
  for (const at of track.beats()) {
    track.state('controller', at);
    track.sometimes(200, () => track.say('order', at, 'controller', track.random.pick(['P-7', ''])!));
    track.say('total', at, 'controller', total(track.made(16)));
    track.say('energy', at, 'controller', energy(track.power_kw(22)));
  }
}

function feeder(track: Track): void {
  const energy = track.register(777.125);
  for (const at of track.beats()) track.say('energy', at, 'meter', energy(0.04 + track.random.unit() / 50));
}

type Counter = ((items: number) => bigint) & { restart(): void };
type Register = ((power: number) => number) & { exchange(value: number): void };

/** One machine's month while it is being made up. */
class Track {
  readonly random: Random;
  readonly span: Span;
  readonly #machine: string;
  readonly #beat_s: number;
  readonly #parts: { inTime: Delivery; late: Delivery } = { inTime: none(), late: none() };
  #state: keyof typeof natives | 'fault' = 'producing';
  #until_ns: bigint;
  #at: bigint;

  constructor(machine: string, random: Random, span: Span, beat_s: number) {
    this.#machine = machine;
    this.random = random;
    this.span = span;
    this.#beat_s = beat_s;
    this.#at = span.from_ns - hour;
    this.#until_ns = this.#at;
  }

  /** Instants of observation, uneven to the nanosecond, from an hour before the month to an hour after it. */
  *beats(): Generator<bigint> {
    while (this.#at < this.span.to_ns + hour) {
      const before = this.#at;
      this.#at += BigInt(Math.round(this.#beat_s * 1e9 * (0.8 + 0.4 * this.random.unit())));
      const watching = this.#watching(this.#at);
      if (watching !== 'nobody') {
        const { observed } = this.#parts[watching];
        // A source that watches on says so from where it was; after a hole it begins anew.
        const from_ns = this.#watching(before) === watching ? before : this.#at - second;
        for (const source of ['controller', 'meter'])
          if (source === 'meter' || !this.#controllerAway(this.#at))
            observed.push({ machine: this.#machine, source, from_ns, until_ns: this.#at });
        yield this.#at;
      }
    }
  }

  state(source: string, at: bigint): void {
    if (at >= this.#until_ns) {
      this.#until_ns = at + BigInt(Math.round(this.random.unit() ** 3 * 20_000e9));
      // Two changes within one instant of the controller's clock.
      if (this.random.unit() < 0.05) {
        this.#sayState(source, at, 0, 'fault');
        this.#state = this.random.pick(['waiting', 'producing'] as const)!;
        this.#sayState(source, at, 1, this.#state);
        return;
      }
      this.#state = this.random.pick(likely)!;
    }
    this.#sayState(source, at, 0, this.#state);
  }

  say(signal: string, at: bigint, source: string, value: bigint | number | string): void {
    const quality = this.random.unit();
    if (quality < 0.01) this.#push({ signal, at, source, ordinal: 0, status: status.badNotConnected });
    else
      this.#push({
        signal,
        at,
        source,
        ordinal: 0,
        value,
        status: quality < 0.03 ? status.uncertain : status.good,
      });
  }

  /** Does something once in so many beats, on the average; more rarely where beats follow each other faster. */
  sometimes(beats: number, what: () => void): void {
    if (this.random.unit() < 1 / (beats * Math.max(1, 600 / this.#beat_s))) what();
  }

  /** Items made since the last beat at so many seconds an item. */
  made(seconds: number): number {
    if (this.#state !== 'producing' && this.random.unit() > 0.02) return 0;
    return (this.#beat_s / seconds) * (0.5 + this.random.unit());
  }

  power_kw(most: number): number {
    return most * (this.#state === 'producing' ? 0.6 + 0.4 * this.random.unit() : 0.1 * this.random.unit());
  }

  counter(modulus?: number): Counter {
    let [count, part] = [Math.floor(this.random.unit() * 4000), 0];
    const read = (items: number) => {
      part += items;
      count += Math.floor(part);
      part -= Math.floor(part);
      return BigInt(modulus === undefined ? count : count % modulus);
    };
    return Object.assign(read, { restart: () => (count = 0) });
  }

  /** A register in its unit, which takes up so much power; it shows six decimals. */
  register(start: number, modulus?: number): Register {
    let value = start;
    const read = (power: number) => {
      value += (power * this.#beat_s) / 3600;
      if (modulus !== undefined && value >= modulus) value -= modulus;
      return Math.round(value * 1e6) / 1e6;
    };
    return Object.assign(read, { exchange: (to: number) => (value = to) });
  }

  delivered(): { inTime: Delivery; late: Delivery } {
    const { late } = this.#parts;
    const order = late.observations.map((o) => ({ o, key: this.random.unit() }));
    late.observations = order.sort((a, b) => a.key - b.key).map(({ o }) => o);
    return this.#parts;
  }

  /** Days on which nobody looked, and stretches that were delivered long afterwards. */
  #watching(at: bigint): 'inTime' | 'late' | 'nobody' {
    const hours = Number((at - this.span.from_ns) / hour);
    const mine = this.#machine.length;
    const lost = at >= lostShift.from_ns - hour && at < lostShift.to_ns + hour;
    if (lost && this.#machine !== 'feeder') return 'nobody';
    if (hours % 177 < 5 && hours % 177 >= mine - 4) return 'nobody';
    return (hours + mine * 40) % 160 < 9 ? 'late' : 'inTime';
  }

  /** The controller does not answer for a while; its meter does. */
  #controllerAway(at: bigint): boolean {
    return Number((at - this.span.from_ns) / hour) % 61 === 7 && this.#machine !== 'press';
  }

  #sayState(source: string, at: bigint, ordinal: number, state: keyof typeof natives | 'fault'): void {
    if (this.random.unit() < 0.01) {
      this.#push({ signal: 'state', at, source, ordinal, status: status.badNotConnected });
      return;
    }
    const native = state === 'fault' ? `ALARM ${this.random.pick([12, 40])!}` : natives[state];
    this.#push({ signal: 'state', at, source, ordinal, value: state, native, status: status.good });
  }

  #push(
    said: Pick<MachineObservation, 'signal' | 'source' | 'ordinal' | 'status' | 'value' | 'native'> & {
      at: bigint;
    },
  ): void {
    const { at, source, ...rest } = said;
    if (source === 'controller' && this.#controllerAway(at)) return;
    // One in two hundred comes late by itself, while its neighbours are there.
    const watching = this.random.unit() < 0.005 ? 'late' : this.#watching(at);
    if (watching === 'nobody') return;
    this.#parts[watching].observations.push({
      ...rest,
      machine: this.#machine,
      source,
      source_time_ns: at,
      gateway: 'edge',
      gateway_time_ns: watching === 'late' ? at + 86_400n * second : at + second,
      mapping: 'm',
    });
  }
}

function none(): Delivery {
  return { observations: [], observed: [] };
}
