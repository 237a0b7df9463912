import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { KpiId } from '@benchline/model';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { KpiResult } from '../src/api/schemas.ts';
import { kpi } from '../src/commands/kpi.ts';
import type { CapabilityOfFile } from '../src/offline/capabilities.ts';

/**
 * Examples worked by hand, from the literature and from the definitions, as files that `benchline kpi` reads:
 * `examples/NAME/{plant.yaml,observations.ndjson,expected.json}`. A figure is its value, the reason of its absence in
 * words, or several of its fields; `says` is a part of what is said beside the figures, `not` is what somebody published
 * and is wrong.
 */
interface Expected extends ExpectedPeriod {
  about: string;
  from: string;
  to: string;
  scope?: string;
  grain?: string;
  /** Instead of `figures` where there is a grain. */
  periods?: ExpectedPeriod[];
  /** Indices of capability, by machine/characteristic. */
  characteristics?: Record<string, Record<string, number | string>>;
  says?: string;
}

interface ExpectedPeriod {
  from?: string;
  to?: string;
  elements?: Record<string, number>;
  figures: Record<string, number | string | Record<string, number | string>>;
  not?: Record<string, number>;
}

const folder = fileURLToPath(new URL('./examples/', import.meta.url));
afterEach(() => vi.restoreAllMocks());

describe('benchline kpi over worked examples', () => {
  for (const name of readdirSync(folder)) {
    const file = (part: string) => `${folder}${name}/${part}`;
    const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as Expected;
    test(`${name}: ${expected.about}`, async () => {
      const printed = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr'] as const)
        vi.spyOn(process[stream], 'write').mockImplementation((text) => {
          printed[stream] += String(text);
          return true;
        });
      const { from, to, scope, grain, says } = expected;
      const values = {
        plant: file('plant.yaml'),
        observations: file('observations.ndjson'),
        from,
        to,
        ...(scope !== undefined && { scope }),
        ...(grain !== undefined && { grain }),
        json: true,
      };
      expect(await kpi.run({ values, positionals: [], signal: new AbortController().signal })).toBe(0);
      expect(printed.stderr).toContain(says ?? '');
      if (says === undefined) expect(printed.stderr).toBe('');
      const answer = JSON.parse(printed.stdout) as Answer;
      assertCapability(answer, expected.characteristics ?? {});
      if (!expected.periods) return assertPeriod(answer, { ...expected, from: answer.from, to: answer.to });
      expect(answer.results).toHaveLength(expected.periods.length);
      for (const [i, period] of expected.periods.entries()) assertPeriod(answer.results![i]!, period);
    });
  }
});

type Answer = KpiResult & { results?: KpiResult[]; characteristics: CapabilityOfFile[] };

function assertCapability({ characteristics }: Answer, expected: Expected['characteristics'] = {}): void {
  for (const [name, indices] of Object.entries(expected)) {
    const found = characteristics.find((one) => `${one.machine}/${one.characteristic}` === name);
    for (const [index, wanted] of Object.entries(indices)) {
      const actual = found?.[index as 'cpk'];
      if (typeof wanted === 'string') expect(actual, `${name} ${index}`).toMatchObject({ status: wanted });
      else expect(actual?.value, `${name} ${index}`).toBeCloseTo(wanted, 5);
    }
  }
}

function assertPeriod(result: KpiResult, { from, to, elements, figures, not }: ExpectedPeriod): void {
  expect([result.from, result.to]).toEqual([from ?? result.from, to ?? result.to]);
  expect(result.elements).toMatchObject(elements ?? {});
  for (const [id, figure] of Object.entries(figures)) {
    const actual: Record<string, unknown> = { ...result.figures[id as KpiId] };
    const fields =
      typeof figure === 'object' ? figure : { [typeof figure === 'string' ? 'status' : 'value']: figure };
    for (const [field, wanted] of Object.entries(fields))
      if (typeof wanted === 'string') expect(actual[field], `${id}.${field}`).toBe(wanted);
      else expect(actual[field], `${id}.${field}`).toBeCloseTo(wanted, 5);
    if (typeof figure === 'string') expect(actual).not.toHaveProperty('value');
  }
  for (const [id, wrong] of Object.entries(not ?? {}))
    expect(result.figures[id as KpiId]?.value).not.toBeCloseTo(wrong, 2);
}
