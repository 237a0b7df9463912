/** Mean and standard deviation of the range of n standard normal values, n from 2 (ISO 7870-2, table of factors). */
const d2 = [1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.97, 3.078];
const d3 = [0.853, 0.888, 0.88, 0.864, 0.848, 0.833, 0.82, 0.808, 0.797];

export const smallestSubgroup = 2;
export const largestSubgroup = d2.length + 1;

/** Factors of charts of ranges: A₂ = 3 ÷ (d₂√n), D₃ and D₄ = 1 ∓ 3d₃ ÷ d₂, D₃ not below 0. */
export function rangeConstants(n: number): { d2: number; a2: number; d3: number; d4: number } {
  const mean = d2[n - smallestSubgroup];
  const deviation = d3[n - smallestSubgroup];
  if (mean === undefined || deviation === undefined)
    throw new RangeError(`no range constants for subgroups of ${n}`);
  const reach = (3 * deviation) / mean;
  return { d2: mean, a2: 3 / (mean * Math.sqrt(n)), d3: Math.max(0, 1 - reach), d4: 1 + reach };
}
