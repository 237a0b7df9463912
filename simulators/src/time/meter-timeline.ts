import { intervalMs } from '../recordings/meter-readings.ts';
import type { Changes, Instant, Point } from './timeline.ts';

/**
 * The register of a meter that has counted the recording over and over since `epoch_ms`: a reading every 15 minutes
 * from `from_ms` on, without end. The recording lasts 39 weeks, so that its weekdays fall on weekdays.
 */
export function* meterTimeline(options: {
  machine: string;
  /** Energy of each interval, 0.01 kWh. */
  intervals_ckwh: readonly number[];
  epoch_ms: number;
  from_ms: number;
  changes: Changes;
}): Generator<Instant, void, void> {
  const { machine, intervals_ckwh, epoch_ms, from_ms, changes } = options;
  const sums = [0];
  for (const energy of intervals_ckwh) sums.push((sums.at(-1) ?? 0) + energy);
  const lap = sums.at(-1) ?? 0;
  const registerAfter = (intervals: number) =>
    Math.floor(intervals / intervals_ckwh.length) * lap + (sums[intervals % intervals_ckwh.length] ?? 0);
  for (let n = Math.ceil((from_ms - epoch_ms) / intervalMs); ; n++) {
    const point: Point = { machine, signal: 'energy-import', value: registerAfter(n) / 100 };
    yield { time_ms: epoch_ms + n * intervalMs, points: changes.admit(point) ? [point] : [] };
  }
}
