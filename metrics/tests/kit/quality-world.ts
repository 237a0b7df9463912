import { type Entry, indexPlant, type MachineObservation, nsFromIso, parsePlant } from '@benchline/model';
import { placementOf } from '@benchline/store';
import { openMemoryStore } from '@benchline/store/memory';
import { StreamReaders } from '../../src/api/event-stream.ts';
import { Updates } from '../../src/api/updates.ts';
import { LimitBook } from '../../src/energy/limit-book.ts';
import { Figures } from '../../src/figures/figures.ts';
import { scopesOf } from '../../src/figures/scopes.ts';
import { said } from './said.ts';
import { type Served, serveApi } from './serve.ts';

process.env['BENCHLINE_LOG'] ??= 'silent';

/** A line of two presses and a bench for assembly, one shift from 08:00 to 16:00 UTC. */
const plant = parsePlant(
  `
benchline: 1
enterprise:
  id: acme
  name: { en: Acme }
  sites:
    - id: north
      name: { en: North }
      time_zone: Etc/UTC
      calendar: day
      areas:
        - id: hall
          name: { en: Hall }
          lines:
            - id: cell
              name: { en: Cell }
              machines:
                - { id: press, name: { en: Press }, type: press, product: ring }
                - { id: bench, name: { en: Bench }, type: bench }
machine_types:
  - id: press
    name: { en: Press }
    signals:
      state: { measurement: state, states: { RUN: producing, IDLE: waiting, ALARM: fault } }
      good: { measurement: count, role: good }
      scrap: { measurement: count, role: scrap }
      diameter: { measurement: characteristic, unit: mm, lsl: 9.4, usl: 10.6 }
  - id: bench
    name: { en: Bench }
    signals:
      good: { measurement: count, role: good }
products:
  - { id: ring, name: { en: Ring }, planned_run_time_per_item_s: 60 }
processes:
  - { id: pressing, name: { en: Pressing, zh: 冲压 }, line: cell, machines: [press] }
  - { id: assembly, name: { en: Assembly, zh: 装配 }, line: cell, machines: [bench] }
losses: { micro_stop_s: 120 }
calendars:
  - id: day
    shifts: [{ id: day, name: { en: Day }, start: '08:00', end: '16:00' }]
`,
  'plant.yaml',
);
const index = indexPlant(plant);
export const date = '2026-03-02';
const at = (clock: string) => nsFromIso(`${date}T${clock}Z`);
export const window = { from: `${date}T08:00:00Z`, to: `${date}T16:00:00Z` };

function seen(machine: string, signal: string, clock: string, value: number | bigint | string, status = 0) {
  return { ...said(machine, signal, at(clock), value), status };
}

let ids = 0;
function stated(subject: string, from: string, to: string | undefined, statement: Entry['statement']): Entry {
  ids += 1;
  return {
    id: `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`,
    author: 'inspector',
    reason: 'by hand',
    subject,
    entered_ns: at('16:00:00') + BigInt(ids),
    from_ns: at(from),
    ...(to !== undefined && { to_ns: at(to) }),
    statement,
  };
}

/** Diameters 10.0 and 10.2 by turns, then one far off, one minute apart. */
const diameters = [...Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 10 : 10.2)), 11.5];
const minutes = (i: number) => `09:${String(i).padStart(2, '0')}:00`;
const observations = [
  seen('press', 'good', '07:59:00', 0n),
  seen('press', 'scrap', '07:59:00', 0n),
  seen('press', 'state', '07:59:00', 'producing'),
  seen('press', 'state', '10:00:00', 'waiting'),
  seen('press', 'state', '10:01:00', 'producing'),
  seen('press', 'state', '11:00:00', 'fault'),
  seen('press', 'state', '12:00:00', 'producing'),
  seen('press', 'good', '15:00:00', 360n),
  seen('press', 'scrap', '15:00:00', 40n),
  ...diameters.map((value, i) => seen('press', 'diameter', minutes(i), value)),
  seen('press', 'diameter', '09:50:00', 10, 0x4000_0000),
  { ...seen('press', 'diameter', '09:51:00', 0, 0x8000_0000), value: undefined },
] as MachineObservation[];
const mistaken = stated('acme/north/hall/cell', '12:00:00', '13:30:00', {
  kind: 'inspection',
  process: 'assembly',
  submitted: 1000,
  passed: 0,
  defects: [],
});
const entries = [
  stated('press', '15:10:00', undefined, { kind: 'scrap_cause', items: 30, cause: 'surface' }),
  stated('press', '08:20:00', undefined, { kind: 'scrap_cause', items: 4, cause: 'set-up-part' }),
  stated('acme/north/hall/cell', '12:00:00', '13:00:00', {
    kind: 'inspection',
    process: 'assembly',
    submitted: 400,
    passed: 380,
    opportunities: 6,
    defects: [
      { code: 'surface', count: 50 },
      { code: 'handling', count: 10 },
    ],
  }),
  stated('acme/north/hall/cell', '13:00:00', '14:00:00', {
    kind: 'inspection',
    process: 'assembly',
    submitted: 100,
    passed: 95,
    defects: [{ code: 'surface', count: 6 }],
  }),
  // It ended after the window.
  stated('acme/north/hall/cell', '15:00:00', '17:00:00', {
    kind: 'inspection',
    process: 'assembly',
    submitted: 50,
    passed: 0,
    defects: [],
  }),
  stated('press', '14:00:00', undefined, {
    kind: 'measurement',
    characteristic: 'diameter',
    values: [9.9, 10.3],
  }),
  // Withdrawn by an entry that speaks of another time.
  mistaken,
  {
    ...stated('acme/north/hall/cell', '19:00:00', undefined, { kind: 'withdrawal' }),
    supersedes: mistaken.id,
  },
  stated('acme', '08:00:00', '15:59:00', {
    kind: 'declared_input',
    input: 'output_value',
    value: 1_000_000,
    unit: 'CNY',
  }),
  stated('acme', '08:00:00', '15:59:00', {
    kind: 'declared_input',
    input: 'internal_quality_loss',
    value: 10_000,
    unit: 'CNY',
  }),
];

/** The API over a store in memory that holds all of this. */
export async function openQualityWorld(): Promise<Served> {
  const store = openMemoryStore({ placement: placementOf(index) });
  const whole = { from_ns: at('07:59:00'), until_ns: at('16:00:00') };
  const observed = ['press', 'bench'].map((machine) => ({ machine, source: 'plc', ...whole }));
  const { rejected } = await store.write({ observations, observed, gaps: [], entries });
  if (rejected.length > 0) throw new Error(JSON.stringify(rejected));
  const scopes = scopesOf(plant);
  const figures = new Figures({ plant: index, store, lateness_ns: 0n });
  const parts = {
    ...{ plant: index, scopes, figures, store },
    limits: new LimitBook({ energy: plant.energy, scopes, figures }),
    alarms: { standing: () => [], listen: () => () => undefined },
    updates: new Updates(),
    readers: new StreamReaders({ most: 1 }),
    ingest: { url: 'http://127.0.0.1:1', authorization: undefined },
    revisions: { history: () => [] },
    pipeline: () => Promise.reject(new Error('there is none')),
    now: () => at('20:00:00'),
  };
  return await serveApi(parts);
}
