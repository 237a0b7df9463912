import { Energy } from '@benchline/model';
import { idleInputs, idleShare, stateEnergy } from '../energy/by-state.ts';
import { type Conversions, comprehensiveEnergy, type EnergyEra } from '../energy/comprehensive.ts';
import { conversionOn } from '../energy/conversion.ts';
import { absent, type Figure, type Subject } from './figure.ts';
import { unitsOf } from './quantities.ts';
import { count, noneMade } from './quantity-figures.ts';

const electricity = 'electricity';

type EnergyKpiId =
  | 'energy_kwh'
  | 'energy_kwh_per_good_item'
  | 'idle_energy_share'
  | 'comprehensive_energy_kgce'
  | 'comprehensive_energy_kgce_per_good_item'
  | 'co2_kg';

/** What a plant file that says nothing of energy means. */
export const usualConversions: Conversions = {
  conversion: conversionOn(Energy.parse({}), '2026-01-01'),
  unitOf: () => 'kWh',
  self_made: new Set(),
};

/**
 * Figures over register differences of the whole window, gaps in the observation included.
 * @param eras the same energy, by the factors that held.
 */
export function energyFigures(subject: Subject, eras: readonly EnergyEra[]): Record<EnergyKpiId, Figure> {
  const kwh = energy(subject);
  const coal = converted(subject, eras, 'kgce');
  return {
    energy_kwh: kwh,
    energy_kwh_per_good_item: perGoodItem(subject, kwh),
    idle_energy_share: idleEnergyShare(subject),
    comprehensive_energy_kgce: coal,
    comprehensive_energy_kgce_per_good_item: perGoodItem(subject, coal),
    co2_kg: converted(subject, eras, 'co2'),
  };
}

function energy({ scope, reports }: Subject): Figure {
  if (!reports.carriers.has(electricity)) return absent('no_meter');
  const use = scope.account.energy.get(electricity);
  if (!use) return absent('not_observed');
  const partial =
    scope.account.energy_from_later.includes(electricity) || scope.energy_missing.has(electricity);
  return { value: unitsOf(use.import - use.export), status: partial ? 'partial' : 'ok' };
}

function perGoodItem(subject: Subject, energyFigure: Figure): Figure {
  const good = count(subject, 'good');
  if (energyFigure.value === undefined) return energyFigure;
  if (good.value === undefined) return good;
  // Corrections alone may take more away than was made.
  if (good.value <= 0) return absent(noneMade(subject.scope));
  const partial = energyFigure.status === 'partial' || good.status === 'partial';
  return { value: energyFigure.value / good.value, status: partial ? 'partial' : 'ok' };
}

/** All carriers together: absent when one that counts has no factor, partial when one was not read. */
function converted({ scope, reports }: Subject, eras: readonly EnergyEra[], to: 'kgce' | 'co2'): Figure {
  if (reports.carriers.size === 0) return absent('no_meter');
  if (scope.account.energy.size === 0) return absent('not_observed');
  const sum = comprehensiveEnergy(eras)[to];
  if (sum === undefined) return absent('no_factor');
  const partial = scope.account.energy_from_later.length > 0 || scope.energy_missing.size > 0;
  return { value: unitsOf(sum), status: partial ? 'partial' : 'ok' };
}

function idleEnergyShare({ scope, reports }: Subject): Figure {
  if (!reports.states) return absent('not_applicable');
  if (!reports.carriers.has(electricity)) return absent('no_meter');
  const uses = stateEnergy(scope.account, electricity);
  const figure = idleShare(uses);
  return figure.value === undefined ? figure : { ...figure, inputs: idleInputs(uses) };
}
