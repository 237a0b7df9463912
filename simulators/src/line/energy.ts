import type { Span } from './busy.ts';
import type { DayEvent } from './event.ts';
import type { Random } from './random.ts';

/** Power by state, as a fraction of that while producing. */
const powerShare: Readonly<Record<string, number>> = {
  Execute: 1,
  Setup: 0.45,
  Suspended: 0.3,
  Held: 0.35,
  Aborted: 0.15,
  Maintenance: 0.12,
  Idle: 0.06,
};

/** Span of the register's readings, ms, aligned with the clock. */
const registerMs = 10_000;

/** Gives every stretch of a day its power and returns what the energy register adds every 10 s. */
export function dayEnergy(
  events: readonly DayEvent[],
  whole: Span,
  { rated_w, noise }: { rated_w: number; noise: Random },
): DayEvent[] {
  const stretches = events.flatMap(({ time_ms, begins }) => (begins ? [{ time_ms, begins }] : []));
  const mwh = new Map<number, number>();
  for (const [i, { time_ms, begins }] of stretches.entries()) {
    const before = stretches[i - 1]?.begins;
    const share = powerShare[begins.state] ?? 0;
    begins.power_w =
      before && before.state === begins.state && before.order === begins.order
        ? before.power_w
        : Math.round((rated_w * share * noise.between(0.95, 1.05)) / 10) * 10;
    spread({ from: time_ms, to: stretches[i + 1]?.time_ms ?? whole.to }, begins.power_w, mwh);
  }
  return [...mwh].map(([time_ms, energy]) => ({ time_ms, energy_mwh: Math.round(energy) }));
}

/** Adds the energy of a stretch to the readings that it touches, each under the instant at which it is taken. */
function spread({ from, to }: Span, power_w: number, mwh: Map<number, number>): void {
  for (let at = from; at < to; ) {
    const reading = (Math.floor(at / registerMs) + 1) * registerMs;
    const until = Math.min(reading, to);
    mwh.set(reading, (mwh.get(reading) ?? 0) + (power_w * (until - at)) / 3600);
    at = until;
  }
}
