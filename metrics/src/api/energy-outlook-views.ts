import { derivedFormulaOf, isoFromNs } from '@benchline/model';
import type { z } from 'zod';
import type { Alarm } from '../energy/alarms.ts';
import type { PeriodExplanation } from '../energy/explain-period.ts';
import type { Outlook } from '../energy/outlook.ts';
import type { Scope } from '../figures/scopes.ts';
import { unitsOf } from '../kpis/quantities.ts';
import { bothNames } from './both-names.ts';
import type { EnergyAlarms, EnergyExplanation, EnergyOutlook } from './energy-outlook-schemas.ts';
import { askedView, stateName } from './energy-views.ts';
import { alarmName, warningWording } from './energy-wording.ts';
import { spanView } from './span-view.ts';

/** How forecasts, alarms and explanations look in the API. */

export function outlookView(outlook: Outlook): z.output<typeof EnergyOutlook> {
  const { expected_kwh, rest_kwh, low_kwh, high_kwh, mean_error_kwh, checked } = outlook;
  return {
    expected: expected_kwh,
    rest: rest_kwh,
    ...(low_kwh !== undefined && { low: low_kwh }),
    ...(high_kwh !== undefined && { high: high_kwh }),
    ...(mean_error_kwh !== undefined && { mean_error: mean_error_kwh }),
    checked,
  };
}

export function alarmView(
  { limit, acknowledged, outlook, ...alarm }: Alarm,
  { unit, exceeded_ns }: { unit: string; exceeded_ns?: bigint | undefined },
): z.output<typeof EnergyAlarms>['alarms'][number] {
  const { id, state, value, warning } = alarm;
  return {
    id,
    limit: limit.id,
    name: bothNames(limit.name),
    scope: limit.scope,
    carrier: limit.carrier,
    measure: limit.measure,
    unit: limit.measure === 'energy' ? unit : `${unit}/item`,
    period: limit.period,
    ...spanView(alarm),
    formula: derivedFormulaOf(limit.measure === 'energy' ? 'energy_limit' : 'energy_limit_per_item'),
    max: limit.max,
    ...(value !== undefined && { value }),
    state,
    state_name: alarmName(alarm),
    ...(warning && { warning, warning_name: warningWording[warning] }),
    ...(outlook && { outlook: outlookView(outlook) }),
    ...(exceeded_ns !== undefined && { exceeded_at: isoFromNs(exceeded_ns) }),
    ...(acknowledged && {
      acknowledged: {
        by: acknowledged.author,
        at: isoFromNs(acknowledged.entered_ns),
        reason: acknowledged.reason,
      },
    }),
  };
}

export function explanationView(
  scope: Scope,
  told: PeriodExplanation,
  { carrier, unit, period }: Pick<z.output<typeof EnergyExplanation>, 'carrier' | 'unit' | 'period'>,
): Omit<z.output<typeof EnergyExplanation>, 'evidence'> {
  const { status, references, basis, actual, usual, difference, contributions } = told;
  return {
    ...askedView(scope, told),
    carrier,
    unit,
    period,
    status,
    references: references.map(spanView),
    ...(basis && { basis }),
    ...(actual !== undefined && { actual: unitsOf(actual) }),
    ...(usual !== undefined && { usual: unitsOf(usual) }),
    ...(difference !== undefined && { difference: unitsOf(difference) }),
    contributions: contributions.map((c) => ({
      asset: c.asset,
      state: c.state,
      state_name: stateName(c.state),
      ...(c.product !== '' && { product: c.product }),
      actual: unitsOf(c.actual),
      usual: unitsOf(c.usual),
      difference: unitsOf(c.difference),
    })),
  };
}
