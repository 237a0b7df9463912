/**
 * The plant of the synthetic month: shifts over midnight and over the change to summer time, breaks, a holiday, a
 * day with one shift, overtime, planned maintenance, a new pattern within the month, counters that run over and
 * counters that begin anew, a line with a meter of its own.
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
                - { id: mill, name: { en: Mill }, type: mill, control: CNC }
                - { id: lathe, name: { en: Lathe }, type: lathe, control: CNC, product: shaft }
            - id: press-shop
              name: { en: Press shop }
              calendar: always
              machines:
                - { id: press, name: { en: Press }, type: press, control: PLC, product: panel }
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
  - { id: part, name: { en: Part }, planned_run_time_per_item_s: 47.5 }
  - { id: flange, name: { en: Flange }, planned_run_time_per_item_s: 61 }
  - { id: shaft, name: { en: Shaft }, planned_run_time_per_item_s: 90.25 }
  - { id: panel, name: { en: Panel }, planned_run_time_per_item_s: 33 }
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
  kind: 'state' | 'count' | 'energy' | 'order' | 'product';
  /** Role of a counter, direction of a register. */
  role?: 'total' | 'good' | 'scrap' | 'rework' | 'import' | 'export';
  /** 10⁻⁹ items or kWh in one unit of the reading. */
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

/** Planned run times of the products, s. */
export const oracleRunTimes: Readonly<Record<string, number>> = {
  part: 47.5,
  flange: 61,
  shaft: 90.25,
  panel: 33,
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
