import { expect, test } from 'vitest';
import { RenewalPause } from '../src/publisher/renewal-pause.ts';

/** When epochs begin that are wanted once a second, seconds. */
function begun(from_s: number, to_s: number, pause: RenewalPause): number[] {
  const seconds = Array.from({ length: to_s - from_s }, (_, i) => from_s + i);
  return seconds.filter((s) => pause.over(s * 1000));
}

test('a second epoch may follow soon, and more of them ever later', () => {
  const pause = new RenewalPause();
  expect(begun(0, 300, pause)).toEqual([0, 5, 15, 35, 75, 135, 195, 255]);
  expect(begun(1000, 1020, pause)).toEqual([1000, 1005, 1015]);
});
