import { isoFromNs, machineObservationFromJson, nsFromIso } from '@benchline/model';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { CncRatio, GapList, KpiList, KpiResult, StateList } from '../src/api/schemas.ts';
import { BatchMaker } from './kit/batches.ts';
import { millBatches, millFigures, millStart, recordedRuns } from './kit/mill-recording.ts';
import { missing, storeKinds, Works } from './kit/service.ts';

const runs = recordedRuns(12, 2018);
const truth = millFigures(runs, 10);
const millEnd = millStart + BigInt(Math.round(truth.duration_s * 10)) * 100_000_000n;
const run = { from: isoFromNs(millStart), to: isoFromNs(millEnd) };

/** A lathe's shift on 2 March 2026, Shanghai time; times are local. Its source is away from 08:00 to 09:00. */
const at = (clock: string) => nsFromIso(`2026-03-02T${clock}:00+08:00`);
const say = (signal: string, clock: string, value: number | bigint | string, ordinal = 0) => ({
  signal,
  source_time_ns: at(clock),
  ordinal,
  value,
  status: 0,
});
const lathe = [
  {
    machine: 'lathe',
    observations: [
      say('state', '05:30', 'waiting'),
      say('order', '05:30', 'o-1'),
      say('total', '05:30', 65_500n),
      say('scrap', '05:30', 0n),
      say('energy', '05:30', 1000),
      say('state', '06:30', 'producing'),
      say('total', '07:00', 65_530n),
      // The counter has 16 bits: 65 530 + 14 = 8.
      say('total', '07:30', 8n),
      say('scrap', '07:30', 1n),
    ],
    observed: { from_ns: at('05:30'), until_ns: at('08:00') },
  },
  {
    machine: 'lathe',
    observations: [
      say('total', '09:00', 28n),
      say('energy', '09:00', 3500),
      say('state', '09:00', 'fault'),
      say('order', '09:30', ''),
      { signal: 'state', source_time_ns: at('11:00'), ordinal: 0, status: 0x8000_0000 },
      say('state', '12:00', 'producing'),
      say('total', '13:00', 48n),
    ],
    gaps: [{ from_ns: at('08:00'), to_ns: at('09:00'), reason: 'source_disconnected' as const }],
    observed: { from_ns: at('09:00'), until_ns: at('14:00') },
  },
  {
    machine: 'meter',
    source: 'meters',
    observations: [say('energy', '06:00', 10), say('energy', '10:00', 14.5), say('energy', '14:00', 20)],
    observed: { from_ns: at('06:00'), until_ns: at('14:00') },
  },
];
const early = { from: '2026-03-02T06:00:00+08:00', to: '2026-03-02T14:00:00+08:00' };

const answers = new Map<string, unknown>();

for (const kind of storeKinds)
  describe(`figures from the ${kind} store`, () => {
    let works: Works;
    const kpis = (scope: string, window: { from: string; to: string }) =>
      works.get<KpiResult>('/api/v1/kpis', { scope, ...window });

    beforeAll(async () => {
      if (missing[kind] !== undefined) return;
      works = await Works.open(kind);
      await works.start();
      const maker = new BatchMaker();
      await works.deliver([...millBatches(maker, runs), ...lathe.map((said) => maker.make(said))]);
    });
    beforeEach(({ skip }) => skip(missing[kind] !== undefined, missing[kind]));
    afterAll(() => works?.close());

    test('of the recorded mill equal a calculation straight from its rows', async () => {
      const { elements, counts, energy, figures, coverage } = await kpis('acme/north/shop/cell/mill', run);
      expect(elements.planned_s).toBeCloseTo(truth.duration_s, 9);
      expect(elements.apt_s).toBeCloseTo(truth.apt_s, 9);
      expect(elements.aust_s).toBeCloseTo(truth.aust_s, 9);
      expect(elements.adet_s).toBeCloseTo(truth.adet_s, 9);
      expect(counts).toMatchObject({ items: truth.items, good_items: truth.good });
      expect(energy.import_kwh! - energy.export_kwh!).toBeCloseTo(truth.energy_kwh, 8);
      expect(coverage).toBe(1);
      expect(figures.oee?.value).toBeCloseTo(truth.oee, 9);
      expect(figures.availability?.value).toBeCloseTo(truth.availability, 9);
      expect(figures.effectiveness?.value).toBeCloseTo(truth.effectiveness, 9);
      expect(figures.defect_ratio?.value).toBeCloseTo(truth.defect_ratio, 9);
      expect(figures.energy_kwh_per_good_item?.value).toBeCloseTo(truth.energy_kwh / truth.good, 8);
    });

    test('of parts of a window add up to those of the whole', async () => {
      const middle = isoFromNs(millStart + 61_234_567_891n);
      const whole = await kpis('acme/north/shop/cell', run);
      const parts = await Promise.all([
        kpis('acme/north/shop/cell', { ...run, to: middle }),
        kpis('acme/north/shop/cell', { ...run, from: middle }),
      ]);
      const sum = (of: (result: KpiResult) => number) => parts.reduce((total, part) => total + of(part), 0);
      expect(sum((p) => p.elements.apt_s)).toBeCloseTo(whole.elements.apt_s, 9);
      expect(sum((p) => p.counts.items!)).toBe(whole.counts.items);
      expect(sum((p) => p.energy.export_kwh!)).toBeCloseTo(whole.energy.export_kwh!, 9);
    });

    test('of a shift with a gap: time over what was observed, counts and energy over all of it', async () => {
      const { elements, counts, energy, figures } = await kpis('acme/north/shop/turning/lathe', early);
      // 06:00–14:00 less the break from 10:00; unobserved 08–09 and, with bad quality, 11–12.
      expect(elements).toEqual({
        planned_s: 7.5 * 3600,
        observed_s: 5.5 * 3600,
        // Producing 06:30–08:00 and 12:00–14:00.
        apt_s: 3.5 * 3600,
        aust_s: 0,
        // Waiting half an hour; the fault under the order until 09:30.
        adet_s: 3600,
        // The fault without an order, 09:30–11:00 less the break.
        adot_s: 3600,
        pmt_s: 0,
        unobserved_s: 2 * 3600,
      });
      // 30 + 14 + 20 + 20 counts, two an item.
      expect(counts).toMatchObject({ items: 42, scrap_items: 1, good_items: 41 });
      expect(energy.import_kwh).toBeCloseTo(2.5, 9);
      // The 20 counts over the gap are not attributable: 32 items, 31 good, 30 s each, in 5.5 h.
      expect(figures.oee).toMatchObject({
        status: 'partial',
        value: expect.closeTo((31 * 30) / (5.5 * 3600), 9),
      });
      expect(figures.quality_ratio?.value).toBeCloseTo(31 / 32, 9);
      expect(figures.defect_ratio?.value).toBeCloseTo(1 / 42, 9);
      expect(figures.availability).toMatchObject({
        value: expect.closeTo(3.5 / 5.5, 9),
        lower: expect.closeTo(3.5 / 7.5, 9),
        upper: expect.closeTo(5.5 / 7.5, 9),
      });
    });

    test("of a line take its meter's energy, not the machines' as well", async () => {
      const { energy, figures } = await kpis('acme/north/shop/turning', early);
      expect(energy.import_kwh).toBeCloseTo(10, 9);
      // The bench counts good items too, but was never heard of.
      expect(figures.items).toMatchObject({ value: 42, status: 'partial', unit: 'items' });
    });

    test('are the same by hour, by shift and by day', async () => {
      const list = (grain: string) =>
        works.get<z.output<typeof KpiList>>('/api/v1/kpis', {
          scope: 'acme/north/shop/turning/lathe',
          grain,
          ...early,
        });
      const [hours, shifts, days] = await Promise.all(['hour', 'shift', 'day'].map(list));
      expect(hours?.results).toHaveLength(8);
      expect(hours?.results.reduce((sum, hour) => sum + hour.elements.apt_s, 0)).toBe(3.5 * 3600);
      expect(shifts?.results.map((s) => s.shift)).toEqual([
        { id: 'early', name: { en: 'Early', zh: '早班' }, date: '2026-03-02' },
      ]);
      expect(shifts?.results[0]?.elements).toEqual(
        (await kpis('acme/north/shop/turning/lathe', early)).elements,
      );
      expect(days?.results.map((d) => d.from)).toEqual(['2026-03-01T16:00:00.000Z']);
      expect(days?.results[0]?.counts.items).toBe(42);
      const published = async () => {
        const of = { scope: 'acme/north/shop/turning/lathe', ...early, grain: 'day' };
        return (await works.get<z.output<typeof KpiList>>('/api/v1/kpis', of)).results[0];
      };
      await expect
        .poll(published, { timeout: 15_000, interval: 250 })
        .toMatchObject({ provisional: false, revision: 1 });
    });

    test('name the states without holes', async () => {
      const { states } = await works.get<z.output<typeof StateList>>('/api/v1/states', {
        machine: 'lathe',
        ...early,
      });
      expect(states.map(({ from, state }) => [from.slice(11, 16), state])).toEqual([
        ['22:00', 'waiting'],
        ['22:30', 'producing'],
        ['00:00', 'unobserved'],
        ['01:00', 'fault'],
        ['03:00', 'unobserved'],
        ['04:00', 'producing'],
      ]);
      for (const [i, state] of states.entries()) if (i > 0) expect(state.from).toBe(states[i - 1]?.to);
    });

    test('of the CNC ratio come with evidence for each process', async () => {
      const window = { from: '2026-03-02T00:00:00Z', to: '2026-03-02T06:00:00Z' };
      const ratio = await works.get<z.output<typeof CncRatio>>('/api/v1/cnc-ratio', {
        scope: 'acme',
        ...window,
      });
      expect([ratio.declared.value, ratio.connected.value, ratio.active.value]).toEqual([0.75, 0.75, 0.75]);
      expect(ratio.processes.map((p) => [p.id, p.declared, p.active])).toEqual([
        ['milling', 1, 1],
        ['turning', 0.5, 0.5],
      ]);
      expect(ratio.processes[0]?.machines[0]).toMatchObject({
        controller: 'Some CNC',
        connected: true,
        active: true,
        last_seen: isoFromNs(millEnd),
      });
      const later = { from: '2026-03-03T00:00:00Z', to: '2026-03-03T06:00:00Z' };
      const { figures } = await kpis('acme/north', later);
      expect([figures.cnc_ratio_declared?.value, figures.cnc_ratio_connected?.value]).toEqual([0.75, 0]);
      const empty = await works.get<z.output<typeof CncRatio>>('/api/v1/kpis', {
        scope: 'acme/north/shop/cell/mill',
        ...later,
      });
      expect(empty).toMatchObject({ figures: { cnc_ratio_declared: { status: 'not_applicable' } } });
    });

    test('can be checked against the observations that they come from', async () => {
      const response = await fetch(
        `${works.url}/api/v1/observations?${new URLSearchParams({ machine: 'lathe', signal: 'total', ...early })}`,
      );
      const lines = (await response.text())
        .trim()
        .split('\n')
        .map((line) => machineObservationFromJson(JSON.parse(line)));
      expect(lines.map((o) => o.value)).toEqual([65_530n, 8n, 28n, 48n]);
      const all = await fetch(
        `${works.url}/api/v1/observations?${new URLSearchParams({ machine: 'mill', ...run })}`,
      );
      const rows = Math.round(truth.duration_s * 10);
      // Two registers each row, two counters at the end of each run; the readings at the start are not after it.
      const counts = truth.items * 2;
      const states =
        new Set(runs.flatMap((r, i) => ['Prep', 'Layer', 'End'].map((p) => `${i}${p}`))).size - 1;
      expect((await all.text()).trim().split('\n')).toHaveLength(rows * 2 + counts + states);
    });

    test('say which gaps were declared', async () => {
      const { gaps } = await works.get<z.output<typeof GapList>>('/api/v1/gaps', {
        machine: 'lathe',
        ...early,
      });
      expect(gaps).toMatchObject([
        { from: '2026-03-02T00:00:00.000Z', to: '2026-03-02T01:00:00.000Z', reason: 'source_disconnected' },
      ]);
    });

    test('survive a restart', async () => {
      const before = await kpis('acme', early);
      await works.stop();
      await works.start();
      await works.caughtUp();
      expect(await kpis('acme', early)).toEqual(before);
      answers.set(kind, before);
    });
  });

test('both stores give the same figures', ({ skip }) => {
  skip(missing.influx !== undefined, missing.influx);
  expect(answers.get('influx')).toEqual(answers.get('embedded'));
});
