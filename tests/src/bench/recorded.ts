import { type MachineObservation, type Observation, sha256Hex, status } from '@benchline/model';
import { type MillRun, readRuns, shippedMillRuns } from '@benchline/simulators';

type MillRow = MillRun['rows'][number];

const signalOf = {
  state: 'state',
  program: 'program',
  feedRate: 'feed-rate',
  spindleSpeed: 'spindle-speed',
  x1Position: 'x1-position',
  y1Position: 'y1-position',
  z1Position: 'z1-position',
  x1PowerKw: 'x1-power',
  y1PowerKw: 'y1-power',
  s1PowerKw: 's1-power',
} as const satisfies Record<keyof MillRow, string>;

const rowNs = 100_000_000n;
/** 2018-04-02T08:00:00Z. */
const start_ns = 1_522_656_000_000_000_000n;

/** What a gateway would say of the recorded mill, value after value, without end: the runs repeat, time goes on. */
export function* recordedObservations(): Generator<Observation, never> {
  const rows = readRuns(shippedMillRuns).flatMap((run) => run.rows);
  for (let source_time_ns = start_ns; ; )
    for (const row of rows) {
      for (const [field, signal] of Object.entries(signalOf))
        yield { signal, source_time_ns, ordinal: 0, value: row[field as keyof MillRow], status: status.good };
      source_time_ns += rowNs;
    }
}

/** Where recorded observations come from. */
export const origin = {
  machine: 'mill-1',
  source: 'mill',
  gateway: 'gateway-1',
  mapping: sha256Hex('mapping'),
} as const;

/** As many observations as asked for, as a store takes them. */
export function takeForStore(from: Iterator<Observation, never>, count: number): MachineObservation[] {
  return Array.from({ length: count }, () => {
    const observation = from.next().value;
    return { ...observation, ...origin, gateway_time_ns: observation.source_time_ns + 50_000_000n };
  });
}

/** A list in pieces of `size`. */
export function pieces<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}
