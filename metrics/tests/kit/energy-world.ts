import {
  type Entry,
  indexPlant,
  type MachineObservation,
  nsFromIso,
  openLog,
  parsePlant,
} from '@benchline/model';
import { placementOf } from '@benchline/store';
import { openMemoryStore } from '@benchline/store/memory';
import { StreamReaders } from '../../src/api/event-stream.ts';
import type { ApiParts } from '../../src/api/parts.ts';
import { Updates } from '../../src/api/updates.ts';
import { AlarmWatch } from '../../src/energy/alarm-watch.ts';
import { LimitBook } from '../../src/energy/limit-book.ts';
import { Figures } from '../../src/figures/figures.ts';
import { scopesOf } from '../../src/figures/scopes.ts';
import { said } from './said.ts';
import { type Served, serveApi } from './serve.ts';

process.env['BENCHLINE_LOG'] ??= 'silent';

/**
 * Ten weeks of a press that works on weekdays from 08:00 to 16:00 at 10 kW and waits at 1 kW otherwise, of a lathe
 * that always produces at 5 kW, and of a feeder that measures both and 2 % more. On one Thursday the press waited at
 * 6 kW after work.
 */
const plantYaml = `
benchline: 1
enterprise:
  id: acme
  name: { en: Acme }
  sites:
    - id: north
      name: { en: North }
      time_zone: Asia/Shanghai
      calendar: always
      areas:
        - id: shop
          name: { en: Shop }
          lines:
            - id: cell
              name: { en: Cell }
              machines:
                - { id: press, name: { en: Press, zh: 冲压机 }, type: machine, product: part }
                - { id: lathe, name: { en: Lathe }, type: machine }
        - id: supply
          name: { en: Supply }
          lines:
            - id: grid
              name: { en: Grid }
              meters:
                - { id: main, name: { en: Main }, type: meter }
                - { id: gas, name: { en: Gas }, type: gas-meter }
machine_types:
  - id: machine
    name: { en: Machine }
    signals:
      state: { measurement: state, states: { RUN: producing, IDLE: waiting } }
      order: { measurement: context, role: order }
      good: { measurement: count, role: good }
      energy: { measurement: energy, register: import }
  - id: meter
    name: { en: Meter }
    signals: { energy: { measurement: energy, register: import } }
  - id: gas-meter
    name: { en: Gas meter }
    signals: { volume: { measurement: energy, register: import, carrier: natural-gas, unit: m3 } }
products: [{ id: part, name: { en: Part }, planned_run_time_per_item_s: 180 }]
calendars: [{ id: always, shifts: [{ id: day, name: { en: Day }, start: '00:00', end: '00:00' }] }]
energy:
  grid: { region: east, year: 2023 }
  factors:
    - { carrier: natural-gas, unit: m3, co2_kg_per_unit: 2.162, source: supplier }
  feeders: [{ meter: main, feeds: [press, lathe], tolerance: 0.03 }]
  tariffs:
    - id: tou
      name: { en: Time of use }
      versions:
        - valid_from: '2026-01-01'
          prices: { peak: 1, flat: 0.6, valley: 0.3 }
          periods:
            - { band: peak, start: '08:00', end: '11:00' }
            - { band: valley, start: '23:00', end: '07:00' }
        - { valid_from: '2026-03-12', prices: { flat: 0.5 } }
  limits:
    - { id: press-day, name: { en: Press a day }, scope: acme/north/shop/cell/press, period: day, max: 100 }
    - { id: press-week, name: { en: Press a week }, scope: acme/north/shop/cell/press, period: week, max: 500 }
    - id: press-item
      name: { en: Press an item }
      scope: acme/north/shop/cell/press
      measure: energy_per_good_item
      period: day
      max: 0.65
  baselines:
    - id: press
      name: { en: Press }
      scope: acme/north/shop/cell/press
      from: '2026-01-05'
      to: '2026-03-01'
  outputs:
    - scope: acme
      from: '2026-03-11'
      to: '2026-03-12'
      output_value_cny: 20000
      price_basis: current prices
      source: finance
`;

const plant = parsePlant(plantYaml, 'plant.yaml');
const index = indexPlant(plant);
const hour = 3_600_000_000_000n;
const start = nsFromIso('2026-01-05T00:00:00+08:00');
const now = nsFromIso('2026-03-16T12:00:00+08:00');
/** The Thursday on which the press went on after work. */
export const unusual = '2026-03-12';
const unusualDay = (nsFromIso(`${unusual}T00:00:00+08:00`) - start) / hour / 24n;

function recorded(): MachineObservation[] {
  const all: MachineObservation[] = [
    said('lathe', 'state', start, 'producing'),
    said('lathe', 'order', start, 'long-runner'),
  ];
  const read = { press: 0, lathe: 0, gas: 0, good: 0 };
  for (let at_ns = start, hours = 0n; at_ns <= now; at_ns += hour, hours += 1n) {
    const [day, clock] = [hours / 24n, Number(hours % 24n)];
    if (hours > 0n) {
      const worked = isWork(day, clock === 0 ? -1n : BigInt(clock - 1));
      const late = day === unusualDay && clock > 16;
      // The last hour of a day is read at midnight of the next.
      const lastLate = day === unusualDay + 1n && clock === 0;
      read.press += worked ? 10 : late || lastLate ? 6 : 1;
      read.lathe += 5;
      read.gas += 2;
      read.good += worked ? 20 : 0;
    }
    all.push(
      said('press', 'energy', at_ns, read.press),
      said('press', 'good', at_ns, BigInt(read.good)),
      said('lathe', 'energy', at_ns, read.lathe),
      said('main', 'energy', at_ns, (read.press + read.lathe) * 1.02),
      said('gas', 'volume', at_ns, read.gas),
    );
    if (isWork(day, BigInt(clock)) !== (hours > 0n && isWork(day, BigInt(clock) - 1n)) || hours === 0n)
      all.push(said('press', 'state', at_ns, isWork(day, BigInt(clock)) ? 'producing' : 'waiting'));
  }
  return all;
}

function isWork(day: bigint, clock: bigint): boolean {
  return day % 7n < 5n && clock >= 8n && clock < 16n;
}

/** Somebody saw that the press used more than it may on the unusual day. */
export const acknowledgedPressDay: Entry = {
  id: '0123456789abcdef',
  author: 'chen',
  entered_ns: nsFromIso(`${unusual}T20:00:00+08:00`),
  reason: 'a valve was stuck',
  subject: 'press',
  from_ns: nsFromIso(`${unusual}T20:00:00+08:00`),
  statement: {
    kind: 'acknowledgement',
    alarm: `press-day@${new Date(`${unusual}T00:00:00+08:00`).toISOString()}`,
  },
};

export interface EnergyWorld extends Served {
  /** Looks at the limits when it is told to. */
  watch: AlarmWatch;
  /** What time it is; noon of the Monday after it all unless set. */
  setNow(now_ns: bigint): void;
  enter(entry: Entry): Promise<void>;
}

export interface EnergyWorldOptions {
  port?: number;
  entries?: readonly Entry[];
  /** Remembers what was told of alarms. */
  alarms?: string;
}

/** A served plant over a store in memory. */
export async function openEnergyWorld({
  port = 0,
  entries = [acknowledgedPressDay],
  alarms: file,
}: EnergyWorldOptions = {}): Promise<EnergyWorld> {
  const store = openMemoryStore({ placement: placementOf(index) });
  const observed = ['press', 'lathe', 'main', 'gas'].map((machine) => ({
    machine,
    source: 'plc',
    from_ns: start - 1n,
    until_ns: now,
  }));
  const { rejected } = await store.write({ observations: recorded(), observed, gaps: [], entries });
  if (rejected.length > 0) throw new Error(JSON.stringify(rejected));
  const figures = new Figures({ plant: index, store, lateness_ns: 0n });
  for (const machine of ['press', 'lathe', 'main', 'gas'])
    figures.touched({ machine, source: 'plc', from_ns: now, to_ns: now });
  const scopes = scopesOf(plant);
  const limits = new LimitBook({ energy: plant.energy, scopes, figures });
  let present = now;
  const watch = new AlarmWatch({
    limits: plant.energy.limits,
    alarmsOf: (limit, window, now_ns) => limits.alarms(limit, window, now_ns),
    caughtUp: () => true,
    now: () => present,
    log: openLog('metrics'),
    file,
  });
  const parts = {
    ...{ plant: index, scopes, limits, figures, store, alarms: watch },
    updates: new Updates(),
    readers: new StreamReaders({ most: 10 }),
    now: () => present,
  } as unknown as ApiParts;
  const { url, close } = await serveApi(parts, port);
  return {
    url,
    watch,
    setNow: (now_ns) => (present = now_ns),
    async enter(entry) {
      await store.write({ observations: [], observed: [], gaps: [], entries: [entry] });
      figures.stated(entry.subject);
    },
    close,
  };
}
