import { meanOf } from '../mean.ts';

/** How far yesterday was from what was expected of it, and how far the following span then was. */
export interface Precedent {
  yesterday: number;
  span: number;
}

const rounds = 15;
/** As many independent precedents as it takes to believe in half of what they say. */
const caution = 10;

/**
 * How much of yesterday's deviation the span carries on: the slope through the origin that leaves the smallest sum
 * of absolute errors, found by re-weighting, and drawn towards 0 while there are few precedents. Absolute errors,
 * because one plant holiday would rule a square.
 * @param days length of a span: spans that begin a day apart share all but one of their days.
 */
export function persistenceOf(precedents: readonly Precedent[], days: number): number {
  if (precedents.length === 0) return 0;
  const scale = meanOf(precedents.map(({ yesterday }) => Math.abs(yesterday)));
  const spanScale = meanOf(precedents.map(({ span }) => Math.abs(span)));
  if (scale === 0 || spanScale === 0) return 0;
  const points = precedents.map(({ yesterday, span }) => ({ x: yesterday / scale, y: span / spanScale }));
  let slope = 0;
  for (let round = 0; round < rounds; round += 1) {
    let [xy, xx] = [0, caution * days];
    for (const { x, y } of points) {
      const weight = 1 / Math.max(Math.abs(y - slope * x), 0.01);
      xy += weight * x * y;
      xx += weight * x * x;
    }
    slope = xy / xx;
  }
  return (slope * spanScale) / scale;
}
