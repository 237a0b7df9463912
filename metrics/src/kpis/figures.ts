import type { KpiId } from '@benchline/model';
import type { EnergyEra } from '../energy/comprehensive.ts';
import type { declaredFigures } from './declared-figures.ts';
import { energyFigures, usualConversions } from './energy-figures.ts';
import type { Figure, Subject } from './figure.ts';
import { orderFigures } from './order-figures.ts';
import type { planFigures } from './plan-figures.ts';
import { quantitiesOf, type RunTime } from './quantities.ts';
import { quantityFigures } from './quantity-figures.ts';
import type { ScopeAccount } from './scope-account.ts';
import { timeFigures } from './time-figures.ts';

export type CncKpiId = Extract<KpiId, `cnc_ratio_${string}`>;
/** Figures that need more than the account of their scope: other machines' accounts, or what people declare. */
type ContextKpiId = keyof ReturnType<typeof planFigures> | keyof ReturnType<typeof declaredFigures>;
export type AccountKpiId = Exclude<KpiId, CncKpiId | ContextKpiId>;

/**
 * The figures of a scope and window. Ratios over time (availability, effectiveness, quality ratio, OEE and their
 * kin) are taken over the observed part of planned busy time and what was made in it; items, energy, defects and
 * yield over the whole window. What cannot be told is absent with its reason. Nothing is clamped: an effectiveness
 * above 1 says that a planned run time is too long.
 */
export function figuresOf(
  scope: ScopeAccount,
  runTime: RunTime,
  eras: readonly EnergyEra[] = [{ energy: scope.account.energy, conversions: usualConversions }],
): Record<AccountKpiId, Figure> {
  const subject: Subject = { scope, reports: scope.reports, q: quantitiesOf(scope.account, runTime) };
  return {
    ...timeFigures(subject),
    ...quantityFigures(subject),
    ...orderFigures(subject),
    ...energyFigures(subject, eras),
  };
}
