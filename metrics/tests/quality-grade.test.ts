import { expect, test } from 'vitest';
import { type GradeCriterion, gradeOf } from '../src/quality/grade.ts';
import { sigmaLevel } from '../src/quality/yield.ts';

const unknown = { absent: 'no_items' } as const;
const given = (values: Partial<Record<GradeCriterion, number>>) =>
  gradeOf({
    ppm: unknown,
    cpk: unknown,
    rolled_yield: unknown,
    internal_loss: unknown,
    external_loss: unknown,
    ...Object.fromEntries(Object.entries(values).map(([criterion, value]) => [criterion, { value }])),
  });

const excellent = { ppm: 3.4, cpk: 2, rolled_yield: 0.98, internal_loss: 0.007, external_loss: 0.004 };

test('a plant with 92 % and losses of 1 % is 检验级: what the document says of its losses describes', () => {
  const losses = { internal_loss: 0.01, external_loss: 0.01 };
  expect(given({ ppm: 50_000, cpk: 1.1, rolled_yield: 0.92, ...losses })).toMatchObject({
    grade: 'inspection',
    at_most: 'inspection',
  });
  // Losses that are higher than described are no better a plant, but no worse a grade.
  expect(
    given({ ppm: 66_800, cpk: 1, rolled_yield: 0.9, internal_loss: 0.5, external_loss: 0.5 }).grade,
  ).toBe('inspection');
});

test('3.4 ppm is 6σ by the cut-off, although it computes to less', () => {
  const level = sigmaLevel(3.4);
  expect('value' in level && level.value < 6).toBe(true);
  expect(given(excellent).grade).toBe('excellence');
  expect(given({ ...excellent, ppm: 3.41 }).grade).toBe('prevention');
});

test.each([
  [{ cpk: 1.99 }, 'prevention'],
  [{ rolled_yield: 0.9799 }, 'prevention'],
  [{ internal_loss: 0.0075 }, 'prevention'],
  [{ external_loss: 0.01 }, 'assurance'],
  [{ internal_loss: 0.03 }, 'inspection'],
  [{ cpk: 0.99 }, 'experience'],
  [{ ppm: 6201 }, 'inspection'],
] as const)('one criterion short, %j: %s', (short, grade) => {
  expect(given({ ...excellent, ...short })).toMatchObject({ grade, at_most: grade });
});

test('what is unknown neither lifts a grade nor rules one out', () => {
  expect(given({})).toMatchObject({ grade: 'experience', at_most: 'excellence' });
  const { grade, at_most, verdicts } = given({ ppm: 200, cpk: 1.7, rolled_yield: 0.97 });
  expect([grade, at_most]).toEqual(['inspection', 'prevention']);
  expect(verdicts.filter(({ verdict }) => verdict === 'unknown')).toHaveLength(6);
});
