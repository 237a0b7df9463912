import {
  type Asset,
  type MachineObservation,
  machineObservationToJson,
  type Nanoseconds,
  nsPerDay,
  nsPerHour,
  nsPerSecond,
} from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import type { Interval } from '../intervals.ts';

/** So many observations at once are no burden; stretches are chosen to come near it. */
const wanted = 10_000;
const firstStretch: Nanoseconds = 60n * nsPerSecond;
const longestStretch: Nanoseconds = 64n * nsPerDay;
/** A stretch shorter than an hour may be followed by one so many times as long: each read has its price. */
const mostLonger = 16;

/** The stored observations of a window (from, to] as lines of NDJSON, read in stretches as the reader takes them. */
export async function* observationLines(
  ...query: Parameters<typeof observationStretches>
): AsyncGenerator<string> {
  for await (const observations of observationStretches(...query))
    yield observations.map((o) => `${JSON.stringify(machineObservationToJson(o))}\n`).join('');
}

/** The stored observations of a window (from, to] in stretches of a bearable size, none empty. */
export async function* observationStretches(
  store: Pick<TelemetryStore, 'observations'>,
  asset: Asset,
  window: Interval,
  signals?: readonly string[],
): AsyncGenerator<MachineObservation[]> {
  let stretch = firstStretch;
  for (let from_ns = window.from_ns; from_ns < window.to_ns; ) {
    const end = from_ns + stretch;
    const to_ns = end < window.to_ns ? end : window.to_ns;
    const observations = await store.observations({
      machine: asset.id,
      from_ns,
      to_ns,
      ...(signals && { signals }),
    });
    if (observations.length > 0) yield observations;
    stretch = nextStretch(stretch, observations.length);
    from_ns = to_ns;
  }
}

/** How much time the next read spans, by how many observations the last one found. */
function nextStretch(stretch: Nanoseconds, found: number): Nanoseconds {
  if (found > wanted) return stretch / 2n + 1n;
  if (stretch < nsPerHour && found * mostLonger < wanted) return stretch * BigInt(mostLonger);
  return found < wanted / 2 && stretch < longestStretch ? stretch * 2n : stretch;
}
