import type { Value } from '@benchline/model';
import { type MillRow, type MillRun, rowMs } from '../recordings/mill-runs.ts';
import type { Changes, Instant, Point } from './timeline.ts';

/** Rising registers and counters of the mill, which outlive a run and a restart of the simulator. */
export interface MillTotals {
  import_kwh: number;
  export_kwh: number;
  good: number;
  scrap: number;
}

/** Where a run lies in simulated time: [from, to), ms since 1970. */
export interface MillRunSpan {
  run: number;
  from_ms: number;
  to_ms: number;
}

/** How long the runs take one after another, ms. */
export function durationOf(runs: readonly MillRun[]): number {
  return runs.reduce((sum, run) => sum + run.rows.length * rowMs, 0);
}

/** Where each run lies when they follow one another from `start_ms`. */
export function spansOf(runs: readonly MillRun[], start_ms: number): MillRunSpan[] {
  let from_ms = start_ms;
  return runs.map(({ run, rows }) => {
    const span = { run, from_ms, to_ms: from_ms + rows.length * rowMs };
    from_ms = span.to_ms;
    return span;
  });
}

/**
 * The recorded runs as what the mill's controller says. Row i of a run spans [i × 0.1 s, (i + 1) × 0.1 s): state and
 * measured values are stamped at its start, the energy registers at its end, the counters at the end of the run.
 * Registers integrate X1 + Y1 + S1 power over the row: net power drawn adds to import, given back to export. Runs
 * follow one another without pause; at `start_ms` every signal has a value.
 */
export function* millTimeline(options: {
  machine: string;
  runs: readonly MillRun[];
  start_ms: number;
  repeat: boolean;
  totals: MillTotals;
  changes: Changes;
}): Generator<Instant, void, void> {
  const { machine, runs, totals, changes } = options;
  let time_ms = options.start_ms;
  let ending = totalsAsPoints(totals);
  const instant = (values: Readonly<Record<string, Value>>): Instant => ({
    time_ms,
    points: Object.entries(values)
      .map(([signal, value]): Point => ({ machine, signal, value }))
      .filter((point) => changes.admit(point)),
  });
  do
    for (const run of runs) {
      for (const [i, row] of run.rows.entries()) {
        yield instant({ ...ending, ...(i === 0 ? { run: `run-${run.run}` } : {}), ...readings(row) });
        integrate(totals, row);
        time_ms += rowMs;
        ending = totalsAsPoints(totals);
      }
      totals[run.good ? 'good' : 'scrap'] += 1;
      ending = totalsAsPoints(totals);
    }
  while (options.repeat);
  yield instant(ending);
}

function integrate(totals: MillTotals, row: MillRow): void {
  const net_kwh = ((row.x1PowerKw + row.y1PowerKw + row.s1PowerKw) * rowMs) / 3_600_000;
  if (net_kwh > 0) totals.import_kwh += net_kwh;
  else totals.export_kwh -= net_kwh;
}

function totalsAsPoints(totals: MillTotals): Record<string, Value> {
  return {
    'energy-import': totals.import_kwh,
    'energy-export': totals.export_kwh,
    'good-items': BigInt(totals.good),
    'scrap-items': BigInt(totals.scrap),
  };
}

/** The recording has no feed override: the override switch stands at 100 %. */
const feedOverride = 100;

function readings(row: MillRow): Record<string, Value> {
  return {
    state: row.state,
    program: row.program,
    'feed-rate': row.feedRate,
    'feed-override': feedOverride,
    'spindle-speed': row.spindleSpeed,
    'x1-position': row.x1Position,
    'y1-position': row.y1Position,
    'z1-position': row.z1Position,
    'x1-power': row.x1PowerKw,
    'y1-power': row.y1PowerKw,
    's1-power': row.s1PowerKw,
  };
}
