import { isoFromNs, nsFromIso, scopeOf } from '@benchline/model';
import type { MetricsApi } from '@benchline/simulators/box';
import type { Stretch, Tolls } from './tolls.ts';
import type { MachineTruth } from './truth.ts';

/** A figure that the API serves and that the truth logs contradict. */
export interface WrongFigure {
  machine: string;
  figure: string;
  from: string;
  to: string;
  served: number;
  true: number;
}

/** Of sums of milliseconds in floating point. */
const second_tolerance = 0.002;
const kwh_tolerance = 1e-6;
/** The last claim of a source may end so long before the newest data. */
const unwatched_s = 1.5;

/** Compares what the API says of a machine and a window with what the machine did. */
export async function wrongFigures(
  api: Pick<MetricsApi, 'kpis' | 'states'>,
  truth: MachineTruth,
  window: Stretch,
  tolls: Tolls,
): Promise<WrongFigure[]> {
  const [from, to] = [isoFromNs(window.from_ns), isoFromNs(window.to_ns)];
  const wrong: WrongFigure[] = [];
  /** @param told null says that nothing of it is known, as of a machine that has no such counter. */
  const compare = (figure: string, told: number | null, real: number, tolerance: number) => {
    const served = told ?? 0;
    if (!(Math.abs(served - real) <= tolerance))
      wrong.push({ machine: truth.asset.id, figure, from, to, served, true: real });
  };
  const result = await api.kpis(scopeOf(truth.asset), from, to);
  const rise = (role: Parameters<MachineTruth['rise']>[0]) => truth.rise(role, window);
  compare('good items', result.counts.good_items, rise('good'), 0);
  compare('scrap items', result.counts.scrap_items, rise('scrap'), 0);
  compare('items', result.counts.items, rise('good') + rise('scrap'), 0);
  compare('energy taken in, kWh', result.energy.import_kwh, rise('import'), kwh_tolerance);
  compare('energy given back, kWh', result.energy.export_kwh, rise('export'), kwh_tolerance);
  if (truth.asset.kind !== 'machine') return wrong;

  const { states } = await api.states(truth.asset.id, from, to);
  const served = states.map((s) => ({ ...s, from_ns: nsFromIso(s.from), to_ns: nsFromIso(s.to) }));
  const observed = served.filter(({ state }) => state !== 'unobserved');
  const real = secondsByState(observed.flatMap((stretch) => truth.statesIn(stretch)));
  for (const state of new Set([...observed.map((s) => s.state), ...real.keys()]))
    compare(
      `seconds ${state}`,
      secondsByState(observed).get(state) ?? 0,
      real.get(state) ?? 0,
      second_tolerance,
    );
  const part = (...names: string[]) => names.reduce((sum, name) => sum + (real.get(name) ?? 0), 0);
  const element = (id: string) => result.elements[id] ?? Number.NaN;
  compare('APT, s', element('apt_s'), part('producing'), second_tolerance);
  compare('AUST, s', element('aust_s'), part('setup'), second_tolerance);
  compare('PMT, s', element('pmt_s'), part('planned_maintenance'), second_tolerance);
  compare(
    'ADET + ADOT, s',
    element('adet_s') + element('adot_s'),
    part('waiting', 'short_stop', 'fault', 'no_order'),
    second_tolerance,
  );
  const blind = served.filter(({ state }) => state === 'unobserved');
  const unexcused = blind.reduce((sum, s) => sum + Number(tolls.uncovered_ns(truth.asset.id, s)) / 1e9, 0);
  compare('seconds unobserved without a reason', unexcused, 0, unwatched_s);
  return wrong;
}

function secondsByState(stretches: readonly (Stretch & { state: string })[]): Map<string, number> {
  const seconds = new Map<string, number>();
  for (const { state, from_ns, to_ns } of stretches)
    seconds.set(state, (seconds.get(state) ?? 0) + Number(to_ns - from_ns) / 1e9);
  return seconds;
}
