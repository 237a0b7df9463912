import type { QualityFigure } from './yield.ts';

/**
 * 质量绩效 of 《制造业卓越质量工程实施意见》(工信部联科〔2023〕249号), low to high. Cut-offs as printed there: σ levels by
 * their parts per million, Cpk, rolled first-pass yield, and quality losses as shares of output value.
 */
export const qualityGrades = ['experience', 'inspection', 'assurance', 'prevention', 'excellence'] as const;
export type QualityGrade = (typeof qualityGrades)[number];

export const gradeCriteria = ['ppm', 'cpk', 'rolled_yield', 'internal_loss', 'external_loss'] as const;
export type GradeCriterion = (typeof gradeCriteria)[number];

/** What a grade asks of a criterion; nothing where the document only describes the usual plant of the grade. */
interface CutOff {
  at_most?: number;
  below?: number;
  at_least?: number;
}

const cutOffs: Readonly<Record<QualityGrade, Partial<Record<GradeCriterion, CutOff>>>> = {
  experience: {},
  // Its losses, ≥ 3.0 % and ≥ 2.3 %, describe: a plant that loses less is no worse for it.
  inspection: { ppm: { at_most: 66_800 }, cpk: { at_least: 1 }, rolled_yield: { at_least: 0.9 } },
  assurance: {
    ppm: { at_most: 6200 },
    cpk: { at_least: 1.33 },
    rolled_yield: { at_least: 0.95 },
    internal_loss: { below: 0.03 },
    external_loss: { below: 0.023 },
  },
  prevention: {
    ppm: { at_most: 230 },
    cpk: { at_least: 1.67 },
    rolled_yield: { at_least: 0.97 },
    internal_loss: { below: 0.015 },
    external_loss: { below: 0.01 },
  },
  excellence: {
    ppm: { at_most: 3.4 },
    cpk: { at_least: 2 },
    rolled_yield: { at_least: 0.98 },
    internal_loss: { below: 0.0075 },
    external_loss: { below: 0.005 },
  },
};

export interface GradeVerdict {
  grade: QualityGrade;
  criterion: GradeCriterion;
  cut_off: CutOff;
  /** `unknown` where the criterion has no value. */
  verdict: 'met' | 'not_met' | 'unknown';
}

export interface GradeResult {
  /** The highest grade whose criteria, and those of all grades below it, are met. */
  grade: QualityGrade;
  /** The highest grade that nothing measured or declared rules out. */
  at_most: QualityGrade;
  verdicts: readonly GradeVerdict[];
}

/** Grades by comparing each criterion with its cut-offs; what is unknown neither lifts nor lowers. */
export function gradeOf(values: Readonly<Record<GradeCriterion, QualityFigure>>): GradeResult {
  const verdicts = qualityGrades.flatMap((grade) =>
    gradeCriteria.flatMap((criterion): GradeVerdict[] => {
      const cut_off = cutOffs[grade][criterion];
      return cut_off ? [{ grade, criterion, cut_off, verdict: verdictOf(values[criterion], cut_off) }] : [];
    }),
  );
  const reached = (holds: (verdict: GradeVerdict) => boolean): QualityGrade => {
    const failing = qualityGrades.findIndex((grade) =>
      verdicts.some((verdict) => verdict.grade === grade && !holds(verdict)),
    );
    return qualityGrades[(failing === -1 ? qualityGrades.length : failing) - 1] ?? 'experience';
  };
  return {
    grade: reached(({ verdict }) => verdict === 'met'),
    at_most: reached(({ verdict }) => verdict !== 'not_met'),
    verdicts,
  };
}

function verdictOf(figure: QualityFigure, { at_most, below, at_least }: CutOff): GradeVerdict['verdict'] {
  if ('absent' in figure) return 'unknown';
  const { value } = figure;
  const met =
    (at_most === undefined || value <= at_most) &&
    (below === undefined || value < below) &&
    (at_least === undefined || value >= at_least);
  return met ? 'met' : 'not_met';
}
