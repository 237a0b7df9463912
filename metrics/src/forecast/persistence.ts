import { meanOf } from '../mean.ts';

/** How far a day was from what is usual of it, and how far the following day then was. */
export interface Precedent {
  yesterday: number;
  today: number;
}

const rounds = 15;
/** As many precedents as it takes to believe in half of what they say. */
const caution = 10;

/**
 * How much of yesterday's deviation today carries on: the slope through the origin that leaves the smallest sum
 * of absolute errors, found by re-weighting, and drawn towards 0 while there are few precedents. Absolute errors,
 * because one plant holiday would rule a square.
 */
export function persistenceOf(precedents: readonly Precedent[]): number {
  if (precedents.length === 0) return 0;
  const scale = meanOf(precedents.map(({ yesterday }) => Math.abs(yesterday)));
  const todayScale = meanOf(precedents.map(({ today }) => Math.abs(today)));
  if (scale === 0 || todayScale === 0) return 0;
  const points = precedents.map(({ yesterday, today }) => ({ x: yesterday / scale, y: today / todayScale }));
  let slope = 0;
  for (let round = 0; round < rounds; round += 1) {
    let [xy, xx] = [0, caution];
    for (const { x, y } of points) {
      const weight = 1 / Math.max(Math.abs(y - slope * x), 0.01);
      xy += weight * x * y;
      xx += weight * x * x;
    }
    slope = xy / xx;
  }
  return (slope * todayScale) / scale;
}
