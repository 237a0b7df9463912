import { type Nanoseconds, nsFromIso, nsPerDay, nsPerHour } from '../time.ts';
import type { Batch, Gap, Observation } from './batch.ts';

/**
 * Before this, no clock of a machine was right that a gateway of ours read: what says 1601 is an empty Windows
 * time, 1970 an empty Unix time, 2000 a battery clock that nobody has set.
 */
export const earliestTime_ns = nsFromIso('2010-01-01T00:00:00Z');
/** A source may be ahead of ingest by so much: wrong time zones, and an ingest whose own clock is slow. */
export const aheadTolerance_ns = nsPerDay;

/**
 * Impossible times are moved by whole multiples of this, nearly a second: it is a prime number of nanoseconds,
 * so that two readings a whole number of seconds apart never end up at the same instant.
 */
const step_ns = 1_000_000_007n;
/** Impossible times further apart than this cannot both be right even relative to each other. */
const eraSpan_ns = nsPerHour;

/** An observation with the time at which stores place it. */
export interface PlacedObservation extends Observation {
  /** The source's own time where it cannot be true (quality flag `source_time_insane`); then `source_time_ns` is a substitute. */
  stated_time_ns?: Nanoseconds;
}

/** A batch as its readers take it: what was signed, with possible times only. */
export interface PlacedBatch extends Omit<Batch, 'observations'> {
  observations: readonly PlacedObservation[];
}

export interface TimeBounds {
  earliest_ns: Nanoseconds;
  latest_ns: Nanoseconds;
}

/** Between which instants the times of a batch are believed, given when ingest received it. */
export function timeBounds(marks: Batch['marks'], received_ns: Nanoseconds): TimeBounds {
  return {
    earliest_ns: marks.includes('simulated_clock') ? -(2n ** 63n) : earliestTime_ns,
    // An ingest that has no time itself judges nobody.
    latest_ns: received_ns < earliestTime_ns ? 2n ** 63n - 1n : received_ns + aheadTolerance_ns,
  };
}

/** What is wrong with a time, undefined for nothing. */
export function timeFault(
  time_ns: Nanoseconds,
  { earliest_ns, latest_ns }: TimeBounds,
): 'before' | 'ahead' | undefined {
  if (time_ns < earliest_ns) return 'before';
  return time_ns > latest_ns ? 'ahead' : undefined;
}

/**
 * Gives a place to what a batch says of impossible times. A pure function of the signed content and the time at
 * which the ledger received it, so that every reader and every rebuild comes to the same; nothing of what was
 * signed is changed.
 *
 * Impossible times of a batch are moved together, so that the newest lies within a second before the batch's
 * gateway time (before the time of receipt where that is impossible, too); order and distances within an hour
 * stay. A claim of which only one end is possible is left out: how long it was cannot be known.
 */
export function placeBatch(batch: Batch, received_ns: Nanoseconds): PlacedBatch {
  const bounds = timeBounds(batch.marks, received_ns);
  const faulty = faultyTimes(batch, bounds);
  if (faulty.length === 0) return batch;
  const anchor = anchorOf(batch, received_ns);
  if (anchor === undefined) return batch;
  const eras = erasOf(faulty, anchor);
  const shiftOf = (time: Nanoseconds) =>
    timeFault(time, bounds) === undefined ? undefined : eras.find((era) => time >= era.oldest_ns)?.shift_ns;
  const { observed, ...rest } = batch;
  const placed = observed && placeClaim(observed, shiftOf);
  return {
    ...rest,
    observations: batch.observations.map((o) => placeObservation(o, shiftOf(o.source_time_ns))),
    gaps: batch.gaps.map((gap) => placeGap(gap, shiftOf)),
    ...(placed ? { observed: placed } : {}),
  };
}

type ShiftOf = (time: Nanoseconds) => bigint | undefined;

/** Every batch passes here, and nearly every one comes out empty. */
function faultyTimes({ observations, gaps, observed }: Batch, bounds: TimeBounds): Nanoseconds[] {
  const faulty: Nanoseconds[] = [];
  const look = (time: Nanoseconds) => {
    if (timeFault(time, bounds) !== undefined) faulty.push(time);
  };
  for (const { source_time_ns } of observations) look(source_time_ns);
  for (const { from_ns, to_ns } of gaps) {
    look(from_ns);
    look(to_ns);
  }
  if (observed) {
    look(observed.from_ns);
    look(observed.until_ns);
  }
  return faulty;
}

function anchorOf({ gateway_time_ns }: Batch, received_ns: Nanoseconds): Nanoseconds | undefined {
  if (timeFault(gateway_time_ns, timeBounds([], received_ns)) === undefined) return gateway_time_ns;
  return received_ns < earliestTime_ns ? undefined : received_ns;
}

interface Era {
  oldest_ns: Nanoseconds;
  shift_ns: bigint;
}

/** Stretches of impossible times, newest first, laid end to end backwards from the anchor. */
function erasOf(times: readonly Nanoseconds[], anchor: Nanoseconds): Era[] {
  const eras: Era[] = [];
  let end = anchor;
  let newest: Nanoseconds | undefined;
  for (const time of times.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0))) {
    const era = eras.at(-1);
    if (era && newest !== undefined && newest - time <= eraSpan_ns) era.oldest_ns = time;
    else {
      if (era) end = era.oldest_ns + era.shift_ns - 1n;
      newest = time;
      eras.push({ oldest_ns: time, shift_ns: floorTo(end - time, step_ns) });
    }
  }
  return eras;
}

function floorTo(span: bigint, step: bigint): bigint {
  const rest = span % step;
  return span - (rest < 0n ? rest + step : rest);
}

function placeObservation(o: Observation, shift: bigint | undefined): PlacedObservation {
  if (shift === undefined) return o;
  return { ...o, source_time_ns: o.source_time_ns + shift, stated_time_ns: o.source_time_ns };
}

function placeClaim(
  { from_ns, until_ns }: NonNullable<Batch['observed']>,
  shiftOf: ShiftOf,
): Batch['observed'] {
  const shift = shiftOf(until_ns);
  if (shiftOf(from_ns) !== shift) return undefined;
  return { from_ns: from_ns + (shift ?? 0n), until_ns: until_ns + (shift ?? 0n) };
}

/** A gap of which one end is impossible shrinks to the other one: it still says that something was missed, and why. */
function placeGap({ from_ns, to_ns, reason }: Gap, shiftOf: ShiftOf): Gap {
  const [before, after] = [shiftOf(from_ns), shiftOf(to_ns)];
  if (before === after) return { from_ns: from_ns + (before ?? 0n), to_ns: to_ns + (before ?? 0n), reason };
  const known = before === undefined ? from_ns : to_ns + (after ?? 0n);
  return { from_ns: known, to_ns: known, reason };
}
