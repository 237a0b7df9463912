import { type CanonicalState, nsFromIso } from '@benchline/model';
import type { BatchMaker, Said } from './batches.ts';

/** One row every 100 ms, as the recorded mill has them: what the program does, and the net power. */
export interface Row {
  phase: 'Prep' | 'Layer' | 'End';
  power_kw: number;
}

export interface Run {
  rows: Row[];
  good: boolean;
}

/** Not on any slot's edge, so that windows have exact rests. */
export const millStart = nsFromIso('2026-03-02T01:59:43.300Z');
const rowNs = 100_000_000n;
const states: Record<Row['phase'], CanonicalState> = { Prep: 'setup', Layer: 'producing', End: 'waiting' };

/** Runs from a seed, with braking (negative power) now and then. */
export function recordedRuns(count: number, seed: number): Run[] {
  const next = randomFrom(seed);
  return Array.from({ length: count }, () => ({
    good: next() < 0.6,
    rows: (['Prep', 'Layer', 'End'] as const).flatMap((phase) =>
      Array.from({ length: 20 + Math.floor(next() * 100) }, () => ({ phase, power_kw: next() * 3 - 0.5 })),
    ),
  }));
}

/** What the gateway makes of it: states when they change, registers every row, a part at the end of each run. */
export function millBatches(maker: BatchMaker, runs: readonly Run[]) {
  const rows = runs.flatMap((run) =>
    run.rows.map((row, i) => ({ row, run, last: i === run.rows.length - 1 })),
  );
  const said: Said[] = [];
  let [imported, exported, good, scrap] = [0, 0, 0, 0];
  let before: Row['phase'] | undefined;
  const reading = (signal: string, source_time_ns: bigint, value: number | bigint) => ({
    signal,
    source_time_ns,
    ordinal: 0,
    value,
    status: 0,
  });
  const first = [
    reading('good', millStart, 0n),
    reading('scrap', millStart, 0n),
    reading('energy-import', millStart, 0),
    reading('energy-export', millStart, 0),
  ];
  said.push({ machine: 'mill', observations: first });
  for (const [i, { row, run, last }] of rows.entries()) {
    const from_ns = millStart + BigInt(i) * rowNs;
    const until_ns = from_ns + rowNs;
    const kwh = (row.power_kw * 0.1) / 3600;
    if (kwh > 0) imported += kwh;
    else exported -= kwh;
    if (last && run.good) good += 1;
    if (last && !run.good) scrap += 1;
    const state = {
      signal: 'state',
      source_time_ns: from_ns,
      ordinal: 0,
      value: states[row.phase],
      native: row.phase,
    };
    said.push({
      machine: 'mill',
      observations: [
        ...(row.phase === before ? [] : [{ ...state, status: 0 }]),
        reading('energy-import', until_ns, imported),
        reading('energy-export', until_ns, exported),
        ...(last ? [reading('good', until_ns, BigInt(good)), reading('scrap', until_ns, BigInt(scrap))] : []),
      ],
      observed: { from_ns, until_ns },
    });
    before = row.phase;
  }
  return said.map((s) => maker.make(s));
}

/** The same figures straight from the rows, without registers, counters, states or windows. */
export function millFigures(runs: readonly Run[], plannedRunTime_s: number) {
  const rows = runs.flatMap((run) => run.rows);
  const seconds = (phase: Row['phase']) => rows.filter((row) => row.phase === phase).length * 0.1;
  const energy_kwh = rows.reduce((sum, row) => sum + (row.power_kw * 0.1) / 3600, 0);
  const good = runs.filter((run) => run.good).length;
  return {
    duration_s: rows.length * 0.1,
    apt_s: seconds('Layer'),
    aust_s: seconds('Prep'),
    adet_s: seconds('End'),
    items: runs.length,
    good,
    energy_kwh,
    oee: (plannedRunTime_s * good) / (rows.length * 0.1),
    availability: seconds('Layer') / (rows.length * 0.1),
    effectiveness: (plannedRunTime_s * runs.length) / seconds('Layer'),
    defect_ratio: (runs.length - good) / runs.length,
  };
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
