import { expect, it } from 'vitest';
import { DrainMeter } from '../../src/faults/oracle/drain.ts';

function batch(made_s: number, received_s: number) {
  const observation = { signal: 'state', source_time_ns: '0' };
  return { made_s, received_s, machine: 'm', observations: Array.from({ length: 10 }, () => observation) };
}

it('measures the drain of the largest backlog by the ledger’s own times', () => {
  const meter = new DrainMeter();
  for (let t = 0; t < 10; t++) meter.take(batch(t, t));
  // Thirty seconds dam up 300 observations, which come within a second.
  for (let t = 10; t < 40; t++) meter.take(batch(t, 39.5 + (t - 10) / 30));
  for (let t = 41; t < 50; t++) meter.take(batch(t, t));
  const result = meter.result();
  expect(result).toMatchObject({ backlog: 300, outage_s: 30.5 });
  expect('drain_ratio' in result && result.drain_ratio).toBeCloseTo(30.5 / (29 / 30), 6);
});

it('has no figure where nothing was dammed up, and says why', () => {
  const meter = new DrainMeter();
  expect(meter.result()).toEqual({ absent: expect.stringContaining('never') as string });
  meter.take(batch(0, 0));
  meter.take(batch(10, 10));
  expect(meter.result()).toEqual({ absent: expect.stringContaining('too few') as string });
});
