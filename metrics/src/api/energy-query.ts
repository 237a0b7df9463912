import { BenchlineError, baselineVariables, type Energy, limitPeriods, Slug } from '@benchline/model';
import { z } from 'zod';
import { nsOf } from '../calendar/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import { Instant, ScopeQuery } from './query.ts';

/** What may be asked of energy, parsed where it comes in. */

const carrier = Slug.default('electricity').describe('Energy carrier');
const { scope: path } = ScopeQuery.shape;

export const CarrierQuery = ScopeQuery.extend({ carrier });
export const ForecastQuery = z.strictObject({
  scope: path,
  carrier,
  period: z.enum(['day', 'week', 'month']).describe('The running local day, week (from Monday) or month'),
});
export const ExplanationQuery = z.strictObject({
  scope: path,
  carrier,
  period: z
    .enum(limitPeriods)
    .describe('Which kind of period, and so which earlier ones, it is compared with'),
  at: Instant.describe('An instant of the period'),
});
const variable = z.enum(baselineVariables);
export const BaselineQuery = ScopeQuery.extend({
  baseline: Slug.optional().describe('Id of a baseline of the plant file; the keys below are then left out'),
  carrier: carrier.unwrap().optional().describe('Energy carrier; electricity unless given'),
  model: z.enum(['ratio', 'regression']).optional().describe('regression unless given'),
  variable: z
    .union([variable, z.array(variable).min(1).max(2)])
    .optional()
    .describe('What energy depends on, two when repeated; good_items unless given'),
  grain: z.enum(['shift', 'day']).optional().describe('Periods that are the points; day unless given'),
  baseline_from: Instant.optional().describe('Start of the baseline period'),
  baseline_to: Instant.optional().describe('End of the baseline period'),
});

/** Which baseline is asked for, and over which time it is fitted. */
export interface AskedBaseline {
  id?: string;
  carrier: string;
  model: 'ratio' | 'regression';
  variables: z.output<typeof variable>[];
  grain: 'shift' | 'day';
  window: Interval;
}

/** @throws BenchlineError `not_found` for an unknown id, `bad_request` for contradictions. */
export function baselineAsked(
  query: z.output<typeof BaselineQuery>,
  energy: Energy,
  scope: Scope,
): AskedBaseline {
  if (query.baseline !== undefined) return declared(query.baseline, energy, scope);
  const { baseline_from: from_ns, baseline_to: to_ns, variable: named = 'good_items' } = query;
  if (from_ns === undefined || to_ns === undefined || from_ns >= to_ns)
    throw new BenchlineError('bad_request', 'the baseline period is missing or empty', {
      hint: 'give baseline_from and baseline_to, or the id of a baseline of the plant file',
    });
  const variables = [...new Set([named].flat())];
  const model = query.model ?? 'regression';
  if (model === 'ratio' && variables.length > 1)
    throw new BenchlineError('bad_request', 'a ratio takes one variable', {
      hint: 'name one, or ask for model=regression',
    });
  return {
    carrier: query.carrier ?? 'electricity',
    model,
    variables,
    grain: query.grain ?? 'day',
    window: { from_ns, to_ns },
  };
}

function declared(id: string, energy: Energy, scope: Scope): AskedBaseline {
  const baseline = energy.baselines.find((b) => b.id === id);
  if (!baseline || baseline.scope !== scope.path)
    throw new BenchlineError('not_found', `the plant file has no baseline '${id}' of '${scope.path}'`, {
      hint: 'take one of energy.baselines with its scope',
    });
  const { carrier: of, model, variables, grain, from, to } = baseline;
  const instant = (date: string) => nsOf(scope.time_zone, Date.parse(date));
  return { id, carrier: of, model, variables, grain, window: { from_ns: instant(from), to_ns: instant(to) } };
}
