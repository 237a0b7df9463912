import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Catalogue } from '../src/api/catalogue-schema.ts';
import type { LossTree } from '../src/api/loss-schemas.ts';
import type {
  AttributeChart,
  CapabilityResult,
  ControlChart,
  GradeView,
  InspectionList,
  YieldResult,
} from '../src/api/quality-schemas.ts';
import { date, openQualityWorld, window } from './kit/quality-world.ts';

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
    ({ url, close } = await openQualityWorld());
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
    expect(result.evidence).toMatchObject({ declared: [], formulas: { rolled_yield: 'rolled_yield@1' } });
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
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('basis=inspections');
    const apart = await ask('quality/attribute-chart', { ...window, scope: 'acme', process: 'turning' });
    expect([apart.status, await apart.text()]).toEqual([400, expect.stringContaining('basis=inspections')]);
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

  it('says in both languages what figures and their inputs are', async () => {
    const response = await fetch(`${url}/api/v1/catalogue`);
    const { kpis, inputs } = (await response.json()) as z.output<typeof Catalogue>;
    const mttr = kpis.find(({ id }) => id === 'mttr');
    expect(mttr?.texts).toMatchObject({
      formula: { en: 'time in fault / failures', zh: '故障时间 / 故障次数' },
      unit: { en: 'h', zh: '小时' },
    });
    // The catalogue's page and the evidence of a figure name every sum that a result lists.
    const named = new Set(inputs.map(({ id }) => id));
    expect(kpis.flatMap((kpi) => kpi.inputs).filter((id) => !named.has(id))).toEqual([]);
  });

  it('tells where the time went, and what stopped it', async () => {
    const losses = await get<z.output<typeof LossTree>>('losses', { scope: 'acme/north/hall/cell/press' });
    expect(losses.formulas).toMatchObject({ waterfall: 'loss_waterfall@1', mttr_h: 'mttr_by_cause@1' });
    const seconds = Object.fromEntries(losses.waterfall.map(({ id, seconds: s }) => [id, s]));
    expect(seconds).toMatchObject({
      calendar: 28_800,
      no_shift: 0,
      unobserved: 0,
      fault: 3600,
      waiting: 60,
      apt: 25_140,
      speed: 25_140 - 400 * 60,
      start_up: 4 * 60,
      defects: (40 - 4) * 60,
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
      rows: [
        { cause: 'surface', items: 30, name: { en: 'Surface defect' } },
        { cause: 'set-up-part', items: 4 },
      ],
      unnamed_items: 6,
    });
    const six = Object.fromEntries(losses.six_losses.map(({ id, seconds: s }) => [id, s]));
    expect(six).toMatchObject({ start_up: 4 * 60, process_defects: 36 * 60 });
    // The whole plant: the bench has no states, so its time is not in the waterfall.
    const all = await get<z.output<typeof LossTree>>('losses', { scope: 'acme', limit: '1' });
    expect(all.waterfall[0]?.seconds).toBe(28_800);
    expect(all.stops.others).toMatchObject({ rows: 1, seconds: 60 });
    expect(all.notes.map(({ id }) => id)).toEqual(['defects_not_counted', 'start_up_partly_told']);
  });
});
