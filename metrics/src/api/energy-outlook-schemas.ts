import { baselineVariables, limitMeasures, limitPeriods, Slug } from '@benchline/model';
import { z } from 'zod';
import { alarmChanges } from '../energy/alarm-changes.ts';
import { alarmStates, warningReasons } from '../energy/alarms.ts';
import { referenceBases } from '../energy/explain-period.ts';
import { answerOf, askedOf, carrierOf, EnergyStatusView, spanOf } from './energy-schemas.ts';
import { Instant, LocalName } from './schemas.ts';

/** What the routes of baselines, forecasts, limits and explanations answer, and the events of alarms. */

export const EnergyBaseline = z
  .object({
    ...answerOf,
    ...carrierOf,
    baseline: Slug.optional().describe('Id in the plant file, when it is declared there'),
    model: z.enum(['ratio', 'regression']),
    variables: z.array(z.enum(baselineVariables)),
    grain: z.enum(['shift', 'day']),
    fitted: z.object({
      ...spanOf,
      status: EnergyStatusView,
      n: z.int().describe('Complete periods of the baseline time'),
      intercept: z.number().optional().describe('Base load of a period'),
      slopes: z.array(z.number()).optional().describe('Energy for one more unit of each variable'),
      r2: z.number().optional().describe('Share of the variance that is explained'),
      standard_error: z.number().optional().describe('Of the estimate, in the unit of energy'),
      cv: z.number().optional().describe('Standard error ÷ mean energy of a period'),
    }),
    saving: z.number().optional().describe('Expected − actual over the window; positive is saved'),
    periods: z.array(
      z.object({
        ...spanOf,
        actual: z.number().optional(),
        expected: z.number().optional(),
        saving: z.number().optional(),
        cusum: z.number().describe('Savings so far'),
      }),
    ),
  })
  .meta({ id: 'EnergyBaseline' });

export const EnergyOutlook = z
  .object({
    expected: z.number().describe('Of the whole period: used so far and a forecast of the rest'),
    rest: z.number(),
    low: z.number().optional().describe('Nine of ten earlier forecasts of the rest erred less'),
    high: z.number().optional(),
    mean_error: z
      .number()
      .optional()
      .describe('Mean error that earlier forecasts of the rest made, scaled to this one'),
    checked: z.int().describe('Earlier forecasts whose error is known'),
  })
  .meta({ id: 'EnergyOutlook' });

export const EnergyForecast = z
  .object({
    ...answerOf,
    ...carrierOf,
    period: z.enum(['day', 'week', 'month']),
    status: EnergyStatusView,
    used: z.number().optional().describe('So far in the period'),
    outlook: EnergyOutlook.optional(),
    known_days: z.int().describe('Complete days of the last 16 weeks that it learns from'),
  })
  .meta({ id: 'EnergyForecast' });

const Alarm = z
  .object({
    id: z.string().describe('What an acknowledgement names'),
    limit: Slug,
    name: LocalName,
    scope: z.string(),
    carrier: Slug,
    measure: z.enum(limitMeasures),
    unit: z.string(),
    period: z.enum(limitPeriods),
    ...spanOf,
    formula: z.string().describe('Of the value, with its version'),
    max: z.number(),
    value: z.number().optional().describe('So far in the period; absent when it cannot be told'),
    state: z.enum(alarmStates),
    state_name: LocalName,
    warning: z.enum(warningReasons).optional(),
    warning_name: LocalName.optional(),
    outlook: EnergyOutlook.optional(),
    exceeded_at: Instant.optional().describe('To the minute; absent for ratios'),
    acknowledged: z
      .object({ by: z.string(), at: Instant, reason: z.string() })
      .optional()
      .describe('The first acknowledgement that holds'),
  })
  .meta({ id: 'EnergyAlarm' });
export const EnergyAlarms = z.object({ ...askedOf, alarms: z.array(Alarm) }).meta({ id: 'EnergyAlarms' });

/** Of the event `alarms` of the stream. */
export const StandingAlarms = z.object({ at: Instant, alarms: z.array(Alarm) });
/** Of the event `alarm` of the stream. */
export const AlarmNews = z.object({ at: Instant, change: z.enum(alarmChanges), alarm: Alarm });

export const EnergyExplanation = z
  .object({
    ...answerOf,
    ...carrierOf,
    period: z.enum(limitPeriods),
    status: EnergyStatusView,
    references: z.array(z.object(spanOf)).describe('The earlier periods that it is compared with'),
    basis: z
      .enum(referenceBases)
      .optional()
      .describe(
        'Which those are: the same hour or weekday of the weeks before, the weeks or the months before; or, where none of these is known, the hours or days just before',
      ),
    actual: z.number().optional(),
    usual: z.number().optional().describe('Mean of the earlier periods'),
    difference: z.number().optional().describe('actual − usual; the sum of all contributions'),
    contributions: z.array(
      z.object({
        asset: z.string().describe('Machine or meter; the scope for energy that no machine accounts for'),
        state: z.string(),
        state_name: LocalName,
        product: Slug.optional(),
        actual: z.number(),
        usual: z.number(),
        difference: z.number(),
      }),
    ),
  })
  .meta({ id: 'EnergyExplanation' });
