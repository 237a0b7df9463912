/**
 * The plant of the synthetic month: shifts over midnight and over the change to summer time, breaks, a holiday, a
 * day with one shift, overtime, planned maintenance, a new pattern within the month, counters that run over and
 * counters that begin anew, a line with a meter of its own, a gas register, a manual station, two process chains.
 */
export const monthPlant = `
benchline: 1
enterprise:
  id: acme
  name: { en: Acme }
  sites:
    - id: north
      name: { en: North }
      time_zone: Europe/Berlin
      calendar: two-shift
      areas:
        - id: shop
          name: { en: Shop }
          lines:
            - id: cell
              name: { en: Cell }
              machines:
                - { id: mill, name: { en: Mill }, type: mill, control: CNC, capacity_items_per_h: 90 }
                - { id: lathe, name: { en: Lathe }, type: lathe, control: manual, product: shaft }
            - id: press-shop
              name: { en: Press shop }
              calendar: always
              machines:
                - { id: press, name: { en: Press }, type: press, control: PLC, product: panel, capacity_items_per_h: 240 }
              meters:
                - { id: feeder, name: { en: Feeder }, type: feeder }
machine_types:
  - id: mill
    name: { en: Mill }
    signals:
      state: { measurement: state, states: { RUN: producing, SET: setup, IDLE: waiting, HOLD: short_stop, ALARM*: fault, OFF: no_order, SERVICE: planned_maintenance } }
      total: { measurement: count, role: total, on_decrease: rollover, rollover_at: 4096 }
      scrap: { measurement: count, role: scrap }
      energy: { measurement: energy, register: import }
      fed-back: { measurement: energy, register: export }
      order: { measurement: context, role: order }
      product: { measurement: context, role: product }
  - id: lathe
    name: { en: Lathe }
    signals:
      state: { measurement: state, states: { RUN: producing, SET: setup, IDLE: waiting, HOLD: short_stop, ALARM*: fault, OFF: no_order, SERVICE: planned_maintenance } }
      good: { measurement: count, role: good }
      scrap: { measurement: count, role: scrap }
      rework: { measurement: count, role: rework }
      energy: { measurement: energy, register: import, unit: Wh }
      gas: { measurement: energy, register: import, carrier: natural-gas, unit: m3 }
      product: { measurement: context, role: product }
  - id: press
    name: { en: Press }
    signals:
      state: { measurement: state, states: { RUN: producing, SET: setup, IDLE: waiting, HOLD: short_stop, ALARM*: fault, OFF: no_order, SERVICE: planned_maintenance } }
      total: { measurement: count, role: total, counts_per_item: 2 }
      energy: { measurement: energy, register: import, on_decrease: rollover, rollover_at: 1000, apportion_within_s: 1500 }
      order: { measurement: context, role: order }
  - id: feeder
    name: { en: Feeder }
    signals:
      energy: { measurement: energy, register: import, unit: MWh }
products:
  - { id: part, name: { en: Part }, planned_run_time_per_item_s: 47.5, planned_scrap_ratio: 0.02 }
  - { id: flange, name: { en: Flange }, planned_run_time_per_item_s: 61 }
  - { id: shaft, name: { en: Shaft }, planned_run_time_per_item_s: 90.25, planned_scrap_ratio: 0.035 }
  - { id: panel, name: { en: Panel }, planned_run_time_per_item_s: 33 }
processes:
  - { id: milling, name: { en: Milling }, key: true, line: cell, machines: [mill] }
  - { id: turning, name: { en: Turning }, key: true, line: cell, machines: [lathe] }
  - { id: finishing, name: { en: Finishing }, key: true, line: cell, machines: [mill, lathe], rule: fraction }
  - { id: pressing, name: { en: Pressing }, key: true, line: press-shop, machines: [press] }
  - { id: stacking, name: { en: Stacking }, line: press-shop, machines: [press] }
chains:
  - { id: shafts, name: { en: Shafts }, processes: [milling, turning] }
  - { id: blanks, name: { en: Blanks }, processes: [turning] }
energy:
  factor_set: gb-t-2589-2020
  grid: { region: north, year: 2023 }
  factors:
    - { carrier: natural-gas, unit: m3, co2_kg_per_unit: 2.1622, valid_from: 2026-03-15, source: supplier }
losses: { micro_stop_s: 2500 }
calendars:
  - id: always
    shifts: [{ id: all-day, name: { en: All day }, start: '00:00', end: '00:00' }]
  - id: two-shift
    shifts:
      - { id: early, name: { en: Early }, days: [mon, tue, wed, thu, fri], start: '06:00', end: '14:00', breaks: [{ start: '10:00', end: '10:30' }] }
      - { id: night, name: { en: Night }, start: '22:00', end: '06:00', breaks: [{ start: '02:00', end: '02:30' }] }
    versions:
      - valid_from: 2026-03-23
        shifts:
          - { id: early, name: { en: Early }, days: [mon, tue, wed, thu, fri], start: '06:30', end: '14:30' }
          - { id: night, name: { en: Night }, start: '22:00', end: '06:00', breaks: [{ start: '02:00', end: '02:30' }] }
    exceptions:
      - { date: 2026-03-09, until: 2026-03-10, name: { en: Holiday } }
      - { date: 2026-03-16, name: { en: Short day }, shifts: [early] }
    overtime:
      - { id: extra, name: { en: Extra }, date: 2026-03-21, start: '08:00', end: '13:00', breaks: [{ start: '09:00', end: '09:15' }] }
    planned_maintenance:
      - { name: { en: Oil change }, from: 2026-03-12T07:00, to: 2026-03-12T09:30 }
`;

/** What the oracle has to know of a signal: taken down by hand from the plant above, not read from it. */
export interface OracleSignal {
  machine: string;
  signal: string;
  kind: 'state' | 'count' | 'energy' | 'gas' | 'order' | 'product';
  /** Role of a counter, direction of a register. */
  role?: 'total' | 'good' | 'scrap' | 'rework' | 'import' | 'export';
  /** 10⁻⁹ items, kWh or m³ in one unit of the reading. */
  nano?: bigint;
  /** In 10⁻⁹ items or kWh. */
  rollover?: bigint;
  /** Increments over at most so long may be divided among states. */
  apportion_ns?: bigint;
}

const item = 1_000_000_000n;
const kWh = 1_000_000_000n;

export const oracleSignals: readonly OracleSignal[] = [
  { machine: 'mill', signal: 'state', kind: 'state' },
  { machine: 'mill', signal: 'total', kind: 'count', role: 'total', nano: item, rollover: 4096n * item },
  { machine: 'mill', signal: 'scrap', kind: 'count', role: 'scrap', nano: item },
  { machine: 'mill', signal: 'energy', kind: 'energy', role: 'import', nano: kWh },
  { machine: 'mill', signal: 'fed-back', kind: 'energy', role: 'export', nano: kWh },
  { machine: 'mill', signal: 'order', kind: 'order' },
  { machine: 'mill', signal: 'product', kind: 'product' },
  { machine: 'lathe', signal: 'state', kind: 'state' },
  { machine: 'lathe', signal: 'good', kind: 'count', role: 'good', nano: item },
  { machine: 'lathe', signal: 'scrap', kind: 'count', role: 'scrap', nano: item },
  { machine: 'lathe', signal: 'rework', kind: 'count', role: 'rework', nano: item },
  { machine: 'lathe', signal: 'energy', kind: 'energy', role: 'import', nano: kWh / 1000n },
  { machine: 'lathe', signal: 'gas', kind: 'gas', role: 'import', nano: 1_000_000_000n },
  { machine: 'lathe', signal: 'product', kind: 'product' },
  { machine: 'press', signal: 'state', kind: 'state' },
  { machine: 'press', signal: 'total', kind: 'count', role: 'total', nano: item / 2n },
  {
    machine: 'press',
    signal: 'energy',
    kind: 'energy',
    role: 'import',
    nano: kWh,
    rollover: 1000n * kWh,
    apportion_ns: 1_500_000_000_000n,
  },
  { machine: 'press', signal: 'order', kind: 'order' },
  { machine: 'feeder', signal: 'energy', kind: 'energy', role: 'import', nano: 1000n * kWh },
];

/** What is planned of the products: run time, s, and the fraction that is scrap. */
export const oracleProducts: Readonly<Record<string, readonly [run_time_s: number, scrap: number | null]>> = {
  part: [47.5, 0.02],
  flange: [61, null],
  shaft: [90.25, 0.035],
  panel: [33, null],
};

/** Items an hour that machines can make, and those that a controller runs. */
export const oracleCapacities: Readonly<Record<string, number>> = { mill: 90, press: 240 };
export const oracleControlled: ReadonlySet<string> = new Set(['mill', 'press']);

/** Stations of the key processes, and the rule by which a process with several of them counts. */
export const oracleStations: readonly (readonly [
  process: string,
  machine: string,
  rule: 'all' | 'fraction',
])[] = [
  ['milling', 'mill', 'all'],
  ['turning', 'lathe', 'all'],
  ['finishing', 'mill', 'fraction'],
  ['finishing', 'lathe', 'fraction'],
  ['pressing', 'press', 'all'],
];

/** Process chains in the order of their operations. */
export const oracleChains: Readonly<Record<string, readonly string[]>> = {
  shafts: ['milling', 'turning'],
  blanks: ['turning'],
};

/** The product of a machine while no signal says another. */
export const oracleUsual: Readonly<Record<string, string | null>> = {
  mill: null,
  lathe: 'shaft',
  press: 'panel',
  feeder: null,
};

/** What makes up each scope; the press's own register is left out where the feeder of its line counts. */
export const oracleScopes: readonly { scope: string; machine: string; energy: boolean }[] = [
  ...['mill', 'lathe'].map((machine) => ({
    scope: `acme/north/shop/cell/${machine}`,
    machine,
    energy: true,
  })),
  ...['press', 'feeder'].map((machine) => ({
    scope: `acme/north/shop/press-shop/${machine}`,
    machine,
    energy: true,
  })),
  ...['mill', 'lathe'].map((machine) => ({ scope: 'acme/north/shop/cell', machine, energy: true })),
  ...['acme/north/shop/press-shop', 'acme/north', 'acme'].flatMap((scope) => [
    { scope, machine: 'press', energy: false },
    { scope, machine: 'feeder', energy: true },
  ]),
  ...['acme/north', 'acme'].flatMap((scope) =>
    ['mill', 'lathe'].map((machine) => ({ scope, machine, energy: true })),
  ),
];
