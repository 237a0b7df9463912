import { indexPlant, isoFromNs, parsePlant } from '@benchline/model';
import type { KpiResult } from '@benchline/simulators/box';
import { describe, expect, it } from 'vitest';
import { wrongFigures } from '../../src/faults/oracle/figures.ts';
import { Tolls } from '../../src/faults/oracle/tolls.ts';
import { MachineTruth } from '../../src/faults/oracle/truth.ts';
import { busyPlant } from '../../src/faults/world/plant.ts';

const start_ns = 1_800_000_000_000_000_000n;
const at = (seconds: number) => start_ns + BigInt(seconds) * 1_000_000_000n;
const iso = (seconds: number) => isoFromNs(at(seconds));
const window = { from_ns: at(0), to_ns: at(100) };

/** A press that sets up for 30 s, produces until 80 s, and stops; 5 good items, one scrapped, 0.25 kWh. */
function press(): MachineTruth {
  const asset = indexPlant(parsePlant(busyPlant(), 'plant.yaml')).assets.get('press-1');
  if (!asset) throw new Error('the plant has no press-1');
  const truth = new MachineTruth(asset);
  truth.take('state', at(-10), 'Setup');
  truth.take('good-items', at(-10), 100n);
  truth.take('scrap-items', at(-10), 3n);
  truth.take('energy-import', at(-10), 7.5);
  truth.take('state', at(30), 'Execute');
  truth.take('good-items', at(60), 105n);
  truth.take('scrap-items', at(70), 4n);
  truth.take('energy-import', at(75), 7.75);
  truth.take('state', at(80), 'Held');
  return truth;
}

interface Served {
  kpis: Pick<KpiResult, 'counts' | 'energy' | 'elements'>;
  states: { from: string; to: string; state: string }[];
}

const right: Served = {
  kpis: {
    counts: { items: 6, good_items: 5, scrap_items: 1 },
    energy: { import_kwh: 0.25, export_kwh: 0 },
    elements: { apt_s: 50, aust_s: 30, pmt_s: 0, adet_s: 20, adot_s: 0 },
  },
  states: [
    { from: iso(0), to: iso(30), state: 'setup' },
    { from: iso(30), to: iso(80), state: 'producing' },
    { from: iso(80), to: iso(100), state: 'short_stop' },
  ],
};

async function wrongIn({ kpis, states }: Served, tolls = new Tolls()): Promise<string[]> {
  const api = {
    kpis: () => Promise.resolve(kpis as KpiResult),
    states: () => Promise.resolve({ states }),
  };
  return (await wrongFigures(api, press(), window, tolls)).map(({ figure }) => figure);
}

describe('served figures beside the truth logs', () => {
  it('agree when they are right', async () => {
    expect(await wrongIn(right)).toEqual([]);
  });

  it('are found wrong one by one', async () => {
    const { kpis } = right;
    const counts = { ...kpis.counts, good_items: 6 };
    expect(await wrongIn({ ...right, kpis: { ...kpis, counts } })).toEqual(['good items']);
    const energy = { import_kwh: 0.26, export_kwh: 0 };
    expect(await wrongIn({ ...right, kpis: { ...kpis, energy } })).toEqual(['energy taken in, kWh']);
    const elements = { ...kpis.elements, apt_s: 51 };
    expect(await wrongIn({ ...right, kpis: { ...kpis, elements } })).toEqual(['APT, s']);
  });

  it('are found wrong when a state begins at another time', async () => {
    const states = right.states.with(0, { from: iso(0), to: iso(31), state: 'setup' });
    states[1] = { from: iso(31), to: iso(80), state: 'producing' };
    expect(await wrongIn({ ...right, states })).toEqual(['seconds setup', 'seconds producing']);
  });

  it('leave time unobserved only where a fault accounts for it', async () => {
    const blind: Served = {
      kpis: { ...right.kpis, elements: { ...right.kpis.elements, apt_s: 40 } },
      states: [
        { from: iso(0), to: iso(30), state: 'setup' },
        { from: iso(30), to: iso(40), state: 'unobserved' },
        { from: iso(40), to: iso(80), state: 'producing' },
        { from: iso(80), to: iso(100), state: 'short_stop' },
      ],
    };
    expect(await wrongIn(blind)).toEqual(['seconds unobserved without a reason']);
    const tolls = new Tolls();
    const fault_ms = Number(at(30) / 1_000_000n);
    tolls.allow([{ as: 'gap', machines: 'all', before_s: 0, after_s: 0 }], fault_ms, fault_ms + 10_000);
    expect(await wrongIn(blind, tolls)).toEqual([]);
  });
});
