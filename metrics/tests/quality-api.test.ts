import {
  type Entry,
  indexPlant,
  type MachineObservation,
  nsFromIso,
  openLog,
  parsePlant,
} from '@benchline/model';
import { openDoor } from '@benchline/model/door';
import { placementOf } from '@benchline/store';
import { openMemoryStore } from '@benchline/store/memory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { LossTree } from '../src/api/loss-schemas.ts';
import { installSchemas } from '../src/api/openapi.ts';
import type {
  AttributeChart,
  CapabilityResult,
  ControlChart,
  GradeView,
  InspectionList,
  YieldResult,
} from '../src/api/quality-schemas.ts';
import { metricsRoutes } from '../src/api/routes.ts';
import { Updates } from '../src/api/updates.ts';
import { Figures } from '../src/figures/figures.ts';
import { scopesOf } from '../src/figures/scopes.ts';

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
const date = '2026-03-02';
const at = (clock: string) => nsFromIso(`${date}T${clock}Z`);
const window = { from: `${date}T08:00:00Z`, to: `${date}T16:00:00Z` };

function seen(machine: string, signal: string, clock: string, value: number | bigint | string, status = 0) {
  const observation: MachineObservation = {
    machine,
    signal,
    source_time_ns: at(clock),
    ordinal: 0,
    value,
    status,
    source: 'opcua',
    gateway: 'gateway-1',
    gateway_time_ns: at(clock),
    mapping: '',
  };
  return observation;
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
const entries = [
  stated('press', '15:10:00', undefined, { kind: 'scrap_cause', items: 30, cause: 'surface' }),
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

describe('quality and losses over stored data', () => {
  let url: string;
  let close: () => Promise<void>;
  const ask = async (path: string, query: Record<string, string>) =>
    await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query)}`);
  const get = async <T>(path: string, query: Record<string, string>): Promise<T> => {
    const response = await ask(path, { ...window, ...query });
    const body = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${body}`);
    return JSON.parse(body) as T;
  };

  beforeAll(async () => {
    const store = openMemoryStore({ placement: placementOf(index) });
    const whole = { from_ns: at('07:59:00'), until_ns: at('16:00:00') };
    const observed = ['press', 'bench'].map((machine) => ({ machine, source: 'opcua', ...whole }));
    const { rejected } = await store.write({ observations, observed, gaps: [], entries });
    expect(rejected).toEqual([]);
    const parts = {
      plant: index,
      scopes: scopesOf(plant),
      figures: new Figures({ plant: index, store, lateness_ns: 0n }),
      store,
      updates: new Updates(),
      revisions: { history: () => [] },
      pipeline: () => Promise.reject(new Error('there is none')),
      now: () => at('20:00:00'),
    };
    const door = await openDoor(
      { service: 'metrics', host: '127.0.0.1', port: 0, credentials: undefined, log: openLog('metrics') },
      async (app) => {
        await installSchemas(app);
        metricsRoutes(app, () => parts);
      },
    );
    url = `http://127.0.0.1:${door.port}`;
    close = () => door.close();
  });
  afterAll(() => close());

  it('charts individuals, names warnings with their points, and counts what is left out', async () => {
    const chart = await get<z.output<typeof ControlChart>>('quality/control-chart', {
      machine: 'press',
      characteristic: 'diameter',
      baseline_from: `${date}T08:00:00Z`,
      baseline_to: `${date}T09:39:00Z`,
    });
    expect(chart).toMatchObject({ unit: 'mm', lsl: 9.4, usl: 10.6, baseline: { points: 40 } });
    expect(chart.left_out).toEqual({ uncertain: 1, bad: 1, not_a_number: 0, incomplete: 0, other_size: 0 });
    const [individuals, range] = chart.charts;
    expect([individuals?.kind, individuals?.total, range?.kind, range?.total]).toEqual([
      'individuals',
      43,
      'moving_range',
      42,
    ]);
    // Mean 10.1, moving range 0.2: σ = 0.2 ÷ 1.128.
    expect(individuals?.points[40]).toMatchObject({
      at: `${date}T09:40:00.000Z`,
      value: 11.5,
      centre: expect.closeTo(10.1, 9),
      upper: expect.closeTo(10.1 + 0.6 / 1.128, 9),
    });
    expect(individuals?.warnings).toMatchObject([
      { index: 40, rule: 'beyond_limits', points: [40], name: { zh: '1 点超出控制限' } },
    ]);
    const paged = await get<z.output<typeof ControlChart>>('quality/control-chart', {
      machine: 'press',
      characteristic: 'diameter',
      rules: 'nelson',
      offset: '40',
      limit: '2',
    });
    expect(paged.next_offset).toBe(42);
    expect(paged.charts.map(({ points }) => points.map(({ index: i }) => i))).toEqual([
      [40, 41],
      [39, 40],
    ]);
  });

  it('works out capability of subgroups, or of a short run', async () => {
    const query = { machine: 'press', characteristic: 'diameter', to: `${date}T09:39:30Z` };
    const process = await get<z.output<typeof CapabilityResult>>('quality/capability', {
      ...query,
      subgroup: '2',
    });
    // Each pair has the mean 10.1 and s² = 0.02.
    expect(process).toMatchObject({
      samples: 40,
      customary_samples: 100,
      cp: { value: expect.closeTo(1.2 / (6 * Math.sqrt(0.02)), 9), status: 'ok' },
      cpk: { value: expect.closeTo(0.5 / (3 * Math.sqrt(0.02)), 9) },
      pp: { value: expect.closeTo(1.2 / (6 * Math.sqrt(0.4 / 39)), 9) },
    });
    const run = await get<z.output<typeof CapabilityResult>>('quality/capability', {
      ...query,
      study: 'machine',
    });
    expect(run.cm?.value).toBeCloseTo(process.pp?.value ?? 0, 9);
    expect(run.cp).toBeUndefined();
    const none = await get<z.output<typeof CapabilityResult>>('quality/capability', {
      ...query,
      to: `${date}T08:30:00Z`,
    });
    expect(none.cpk).toMatchObject({ status: 'too_few_samples', reason: { zh: '样本太少' } });
  });

  it('rolls yields over the processes: inspections where there are any, else counters', async () => {
    const result = await get<z.output<typeof YieldResult>>('quality/yield', { scope: 'acme/north' });
    expect(result.processes).toMatchObject([
      { id: 'pressing', basis: 'counts', submitted: 400, passed: 360, dpmo: { status: 'no_items' } },
      {
        id: 'assembly',
        basis: 'inspections',
        submitted: 500,
        passed: 475,
        // 60 defects in 400 items of 6 chances; the second inspection says no chances.
        dpmo: { value: 25_000 },
        sigma_level: { value: expect.closeTo(3.46, 4) },
      },
    ]);
    expect(result.rolled_yield.value).toBeCloseTo(0.9 * 0.95, 12);
    expect(result.chains).toMatchObject([{ processes: ['pressing', 'assembly'] }]);
    const before = await get<z.output<typeof YieldResult>>('quality/yield', {
      scope: 'acme/north',
      to: `${date}T12:30:00Z`,
    });
    expect(before.rolled_yield).toMatchObject({ status: 'no_items' });
  });

  it('draws p and u charts', async () => {
    const p = await get<z.output<typeof AttributeChart>>('quality/attribute-chart', {
      scope: 'acme/north/hall/cell',
      basis: 'inspections',
      process: 'assembly',
    });
    expect(p.charts[0]?.points.map(({ value, centre }) => [value, centre])).toEqual([
      [0.05, 0.05],
      [0.05, 0.05],
    ]);
    const u = await get<z.output<typeof AttributeChart>>('quality/attribute-chart', {
      scope: 'acme/north/hall/cell',
      basis: 'inspections',
      process: 'assembly',
      chart: 'u',
    });
    expect(u.charts[0]?.points[0]).toMatchObject({ value: 0.15, centre: 66 / 500 });
    const counts = await get<z.output<typeof AttributeChart>>('quality/attribute-chart', {
      scope: 'acme/north/hall/cell/press',
      grain: 'hour',
    });
    expect([counts.left_out, counts.charts[0]?.status]).toEqual([7, 'too_few_samples']);
    const wrong = await ask('quality/attribute-chart', { ...window, scope: 'acme', chart: 'u' });
    expect([wrong.status, (await wrong.json()).hint]).toEqual([400, expect.stringContaining('inspections')]);
  });

  it('grades by the cut-offs, says what is unknown and what it does not judge', async () => {
    const grade = await get<z.output<typeof GradeView>>('quality/grade', { scope: 'acme' });
    const of = (criterion: string) => grade.criteria.find((each) => each.criterion === criterion);
    // 65 of 900 did not pass at first: 72 222 ppm is above 66 800.
    expect(of('ppm')?.value.value).toBeCloseTo((65 / 900) * 1e6, 6);
    expect(of('internal_loss')).toMatchObject({ measured: false, value: { value: 0.01 } });
    expect(of('external_loss')?.value).toMatchObject({ status: 'not_declared' });
    expect(of('external_loss')?.verdicts.map(({ verdict }) => verdict)).toEqual(
      Array.from({ length: 3 }, () => 'unknown'),
    );
    expect([grade.grade, grade.at_most, grade.grade_name.zh]).toEqual(['experience', 'experience', '经验级']);
    expect(grade.not_judged).toHaveLength(3);
  });

  it('lists inspections, page by page', async () => {
    const list = await get<z.output<typeof InspectionList>>('quality/inspections', {
      scope: 'acme',
      limit: '1',
    });
    expect([list.total, list.next_offset]).toEqual([2, 1]);
    expect(list.inspections).toMatchObject([
      {
        author: 'inspector',
        process: 'assembly',
        submitted: 400,
        defects: [{ code: 'surface' }, { count: 10 }],
      },
    ]);
  });

  it('tells where the time went, and what stopped it', async () => {
    const losses = await get<z.output<typeof LossTree>>('losses', { scope: 'acme/north/hall/cell/press' });
    const seconds = Object.fromEntries(losses.waterfall.map(({ id, seconds: s }) => [id, s]));
    expect(seconds).toMatchObject({
      calendar: 28_800,
      no_shift: 0,
      unobserved: 0,
      fault: 3600,
      waiting: 60,
      apt: 25_140,
      speed: 25_140 - 400 * 60,
      defects: 40 * 60,
      fully_productive: 360 * 60,
    });
    const taken = losses.waterfall.filter(({ kind }) => kind === 'loss');
    expect(taken.reduce((sum, { seconds: s }) => sum + s, 360 * 60)).toBe(28_800);
    expect(losses.stops.rows).toMatchObject([
      { state: 'fault', times: 1, mean_s: 3600, share: expect.closeTo(3600 / 3660, 12) },
      { state: 'waiting', seconds: 60, cumulative_share: 1 },
    ]);
    expect(losses.micro_stops).toMatchObject({ bound_s: 120, times: 1, seconds: 60 });
    expect(losses.failures).toMatchObject([{ times: 1, mttr_h: 1, mtbf_h: 7 }]);
    expect(losses.defects).toMatchObject({
      scrap_items: 40,
      rows: [{ cause: 'surface', items: 30, name: { en: 'Surface defect' } }],
      unnamed_items: 10,
    });
    // The whole plant: the bench has no states, so its time is not in the waterfall.
    const all = await get<z.output<typeof LossTree>>('losses', { scope: 'acme', limit: '1' });
    expect(all.waterfall[0]?.seconds).toBe(28_800);
    expect(all.stops.others).toMatchObject({ rows: 1, seconds: 60 });
    expect(all.notes.map(({ id }) => id)).toEqual(['defects_not_counted', 'start_up_not_told']);
  });
});
