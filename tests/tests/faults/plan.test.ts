import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../../src/faults/fault.ts';
import { kinds } from '../../src/faults/kinds/index.ts';
import { planFaults } from '../../src/faults/plan.ts';

const seeds = fc.string({ minLength: 1, maxLength: 8 });

function touchedBy(kind: string, parameters: Parameters<FaultKind['touches']>[0]): readonly string[] {
  return kinds.get(kind)?.touches(parameters) ?? [];
}

describe('the story of a seed', () => {
  it('is the same each time, and another for another seed', () => {
    expect(planFaults('a', 40, kinds)).toEqual(planFaults('a', 40, kinds));
    expect(planFaults('a', 40, kinds)).not.toEqual(planFaults('b', 40, kinds));
  });

  it('can be written down as JSON', () => {
    const story = planFaults('json', kinds.size, kinds);
    expect(JSON.parse(JSON.stringify(story))).toEqual(story);
  });

  it('has as many faults as asked for, each kind before any comes again', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 2 * kinds.size }), (seed, count) => {
        const told = planFaults(seed, count, kinds).flatMap(({ faults }) => faults);
        expect(told).toHaveLength(count);
        expect(new Set(told.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(
          Math.min(count, kinds.size),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('lets faults overlap, never on the same thing', () => {
    const groups = planFaults('overlaps', 200, kinds);
    expect(groups.some(({ faults }) => faults.length > 1)).toBe(true);
    for (const { faults } of groups) {
      const touched = faults.flatMap(({ kind, parameters }) => touchedBy(kind, parameters));
      expect(new Set(touched).size).toBe(touched.length);
      if (faults.length > 1) expect(touched).not.toContain('everything');
    }
  });
});
