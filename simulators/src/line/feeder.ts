import type { DayEvent } from './event.ts';
import type { Random } from './random.ts';

/** What no machine's own meter measures, W: light, extraction, and the loss of the wires. */
const baseLoad = { from: 250, to: 450 };
const registerMs = 10_000;
const hourMs = 3_600_000;

/**
 * A day of the meter that feeds a line: what its machines took in, reading by reading, and a base load that
 * changes by the hour.
 */
export function feederEvents(machines: readonly (readonly DayEvent[])[], noise: Random): DayEvent[] {
  const sums = new Map<number, number>();
  for (const events of machines)
    for (const { time_ms, energy_mwh } of events)
      if (energy_mwh !== undefined) sums.set(time_ms, (sums.get(time_ms) ?? 0) + energy_mwh);
  const bases = new Map<number, number>();
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([time_ms, energy_mwh]) => {
      const hour = Math.floor(time_ms / hourMs);
      const base_w = bases.get(hour) ?? noise.whole(baseLoad.from, baseLoad.to);
      bases.set(hour, base_w);
      return { time_ms, energy_mwh: energy_mwh + Math.round((base_w * registerMs) / 3600) };
    });
}
