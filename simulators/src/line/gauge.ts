import type { DayEvent } from './event.ts';
import type { Random } from './random.ts';

/** mm; the tolerance is that of the demonstration plant. */
const diameter = { nominal: 20, tolerance: 0.03, sigma: 0.005, wear_per_item: 0.00002 };

/** Gives every item its diameter. It grows as the tool wears, until a setup corrects it; scrap lies outside the tolerance. */
export function gaugeItems(events: readonly DayEvent[], noise: Random): void {
  let wear = 0;
  for (const event of events) {
    if (event.begins?.state === 'Setup') wear = 0;
    if (!event.item) continue;
    const { nominal, tolerance, sigma, wear_per_item } = diameter;
    const beyond = noise.between(1.1, 1.6) * tolerance * (noise.chance(0.5) ? 1 : -1);
    const within = wear + sigma * bell(noise);
    wear += wear_per_item;
    event.diameter_mm = Number((nominal + (event.item === 'scrap' ? beyond : within)).toFixed(5));
  }
}

/** Near enough to a standard normal, and never beyond 6: twelve uniform numbers have variance 1. */
function bell(random: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i += 1) sum += random.unit();
  return sum;
}
