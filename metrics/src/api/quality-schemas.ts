import { Slug } from '@benchline/model';
import { z } from 'zod';
import { gradeCriteria, qualityGrades } from '../quality/grade.ts';
import { type ChartRule, chartRules, type RuleSet, ruleSets } from '../quality/rules.ts';
import { qualityReasons } from '../quality/yield.ts';
import { Evidence, Instant, LocalName } from './schemas.ts';

export const ruleSetIds = Object.keys(ruleSets) as [RuleSet, ...RuleSet[]];
const chartRuleIds = Object.keys(chartRules) as [ChartRule, ...ChartRule[]];

/** A figure of quality, or why there is none. */
export const QualityValue = z
  .object({
    value: z.number().optional().describe('Absent unless status is ok: absent is not zero'),
    status: z.enum(['ok', ...qualityReasons]),
    reason: LocalName.optional().describe('What an absent one wants, in words'),
  })
  .meta({ id: 'QualityValue' });

const window = { from: Instant, to: Instant };
/** The window, and what the answer rests on. */
const answered = {
  ...window,
  time_zone: z.string().describe('IANA time zone in which days of the scope are cut'),
  evidence: Evidence,
};

const LeftOut = z
  .object({
    uncertain: z.int(),
    bad: z.int(),
    not_a_number: z.int(),
    incomplete: z.int().describe('The last values of the window, too few for a subgroup'),
    other_size: z.int().describe('Values of entries whose subgroup has another size than asked for'),
  })
  .describe('Values that are not in the figures, by why');

const characteristic = {
  machine: Slug,
  characteristic: Slug,
  name: LocalName,
  unit: z.string(),
  lsl: z.number().optional().describe('Lower specification limit'),
  usl: z.number().optional().describe('Upper specification limit'),
};

export const CharacteristicList = z
  .object({ scope: z.string(), characteristics: z.array(z.object({ ...characteristic, scope: z.string() })) })
  .meta({ id: 'CharacteristicList' });

export const CapabilityResult = z
  .object({
    ...characteristic,
    ...answered,
    subgroup: z.int(),
    study: z.enum(['process', 'machine']),
    samples: z.int(),
    customary_samples: z.int().describe('So many are usually asked for before an index is believed'),
    mean: z.number().optional(),
    cp: QualityValue.optional().describe('(USL − LSL) ÷ 6σ, σ within subgroups'),
    cpk: QualityValue.optional().describe('min(USL − mean, mean − LSL) ÷ 3σ, σ within subgroups'),
    pp: QualityValue.optional().describe('As Cp, with the deviation of all values'),
    ppk: QualityValue.optional().describe('As Cpk, with the deviation of all values'),
    cm: QualityValue.optional().describe('As Pp, of a declared short run of one machine'),
    cmk: QualityValue.optional().describe('As Ppk, of a declared short run of one machine'),
    left_out: LeftOut,
  })
  .meta({ id: 'CapabilityResult' });

const Warning = z.object({
  at: Instant,
  index: z.int().describe('The point that completes the rule'),
  rule: z.enum(chartRuleIds),
  name: LocalName,
  points: z.array(z.int()).describe('The points that made it, by index'),
});

const ChartView = z.object({
  kind: z.enum(['xbar', 'range', 'individuals', 'moving_range', 'p', 'u']),
  status: z.enum(['ok', ...qualityReasons]),
  reason: LocalName.optional(),
  total: z.int().describe('Points of the whole window'),
  points: z.array(
    z.object({
      index: z.int(),
      at: Instant,
      value: z.number(),
      centre: z.number(),
      lower: z.number(),
      upper: z.number(),
    }),
  ),
  warnings: z
    .array(Warning)
    .describe('Those that a point of this page completes. Ranges are only tested for being beyond limits'),
});

const charted = {
  ...answered,
  rules: z.enum(ruleSetIds),
  baseline: z
    .object({ ...window, points: z.int() })
    .describe('Where the limits come from: a stretch that was asked for, or the window itself'),
  charts: z.array(ChartView),
  next_offset: z.int().optional().describe('Where the next page begins, if there is one'),
};

export const ControlChart = z
  .object({ ...characteristic, subgroup: z.int(), ...charted, left_out: LeftOut })
  .meta({ id: 'ControlChart' });

export const AttributeChart = z
  .object({
    scope: z.string(),
    basis: z.enum(['counts', 'inspections']),
    process: Slug.optional(),
    characteristic: Slug.optional(),
    ...charted,
    left_out: z.int().describe('Periods in which no item was judged'),
  })
  .meta({ id: 'AttributeChart' });

export const YieldResult = z
  .object({
    scope: z.string(),
    ...answered,
    rolled_yield: QualityValue.describe('Of the chain with the lowest'),
    chains: z.array(
      z.object({
        id: Slug.optional().describe(
          'Absent where the plant file has no chains: its processes in their order',
        ),
        name: LocalName.optional(),
        from: Instant.optional().describe('Where it begins to hold, of a chain that does not throughout'),
        to: Instant.optional().describe('Where it ends to'),
        processes: z.array(Slug),
        rolled_yield: QualityValue.describe('Product of the first pass yields'),
        rolled_yield_from_defects: QualityValue.describe(
          'e^−Σ(defects an item), where every process has inspections',
        ),
      }),
    ),
    processes: z.array(
      z.object({
        id: Slug,
        name: LocalName,
        basis: z
          .enum(['inspections', 'counts', 'none'])
          .describe('Inspections where there are any, else counters'),
        submitted: z.number(),
        passed: z.number().describe('Good at the first submission; rework is not'),
        first_pass_yield: QualityValue,
        dpmo: QualityValue.describe(
          'Defects per million opportunities, of inspections that say the opportunities',
        ),
        sigma_level: QualityValue.describe('Φ⁻¹(1 − DPMO ÷ 10⁶) + 1.5'),
      }),
    ),
  })
  .meta({ id: 'YieldResult' });

export const GradeView = z
  .object({
    scope: z.string(),
    ...answered,
    standard: z.string(),
    grade: z.enum(qualityGrades).describe('The highest whose criteria, and those of all below it, are met'),
    grade_name: LocalName,
    at_most: z.enum(qualityGrades).describe('The highest that nothing known rules out'),
    at_most_name: LocalName,
    criteria: z.array(
      z.object({
        criterion: z.enum(gradeCriteria),
        name: LocalName,
        measured: z.boolean().describe('False for what was declared'),
        value: QualityValue,
        verdicts: z.array(
          z.object({
            grade: z.enum(qualityGrades),
            at_most: z.number().optional(),
            below: z.number().optional(),
            at_least: z.number().optional(),
            verdict: z.enum(['met', 'not_met', 'unknown']),
          }),
        ),
      }),
    ),
    capabilities: z
      .array(z.object({ machine: Slug, characteristic: Slug, samples: z.int(), cpk: QualityValue }))
      .describe('Every characteristic with limits; those without a value are not in the lowest Cpk'),
    not_judged: z.array(LocalName).describe('What the grade of the document needs besides: people judge it'),
  })
  .meta({ id: 'QualityGrade' });

export const InspectionList = z
  .object({
    scope: z.string(),
    ...window,
    total: z.int(),
    next_offset: z.int().optional(),
    inspections: z.array(
      z.object({
        id: z.string(),
        subject: z.string(),
        ...window,
        author: z.string(),
        note: z.string().describe('Why it was entered, in words'),
        process: Slug.optional(),
        characteristic: Slug.optional(),
        submitted: z.int(),
        passed: z.int(),
        opportunities: z.int().optional(),
        defects: z.array(z.object({ code: Slug, name: LocalName.optional(), count: z.int() })),
      }),
    ),
  })
  .meta({ id: 'InspectionList' });
