import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { KpiResult } from '../src/api/schemas.ts';
import { kpi } from '../src/commands/kpi.ts';

/**
 * Worked examples from the literature as files that `benchline kpi` reads: `examples/NAME/{plant.yaml,
 * observations.ndjson,expected.json}`. A text in place of a number says why the figure is absent; `not` is what
 * somebody published and is wrong.
 */
interface Expected {
  about: string;
  from: string;
  to: string;
  figures: Record<string, number | string>;
  not?: Record<string, number>;
}

const folder = fileURLToPath(new URL('./examples/', import.meta.url));
afterEach(() => vi.restoreAllMocks());

describe('benchline kpi over worked examples', () => {
  for (const name of readdirSync(folder)) {
    const file = (part: string) => `${folder}${name}/${part}`;
    const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as Expected;
    test(`${name}: ${expected.about}`, async () => {
      let printed = '';
      vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
        printed += String(text);
        return true;
      });
      const { from, to } = expected;
      const values = {
        plant: file('plant.yaml'),
        observations: file('observations.ndjson'),
        from,
        to,
        json: true,
      };
      expect(await kpi.run({ values, positionals: [], signal: new AbortController().signal })).toBe(0);
      const { figures } = JSON.parse(printed) as KpiResult;
      for (const [id, figure] of Object.entries(expected.figures)) {
        const actual = figures[id as keyof typeof figures];
        if (typeof figure === 'string') expect([id, actual?.status]).toEqual([id, figure]);
        else expect(actual?.value, id).toBeCloseTo(figure, 5);
      }
      for (const [id, wrong] of Object.entries(expected.not ?? {}))
        expect(figures[id as keyof typeof figures]?.value).not.toBeCloseTo(wrong, 2);
    });
  }
});
