import { absent, type Figure, type Subject } from './figure.ts';
import { energyInKwh } from './quantities.ts';
import { count } from './quantity-figures.ts';

const electricity = 'electricity';

/** Figures over register differences of the whole window, gaps in the observation included. */
export function energyFigures(subject: Subject): Record<'energy_kwh' | 'energy_kwh_per_good_item', Figure> {
  return { energy_kwh: energy(subject), energy_kwh_per_good_item: energyPerGoodItem(subject) };
}

function energy({ scope, reports }: Subject): Figure {
  if (!reports.carriers.has(electricity)) return absent('no_meter');
  const use = scope.account.energy.get(electricity);
  if (!use) return absent('not_observed');
  const partial = scope.account.energy_from_later || scope.energy_missing.has(electricity);
  const { import_kwh, export_kwh } = energyInKwh(use);
  return { value: import_kwh - export_kwh, status: partial ? 'partial' : 'ok' };
}

function energyPerGoodItem(subject: Subject): Figure {
  const kwh = energy(subject);
  const good = count(subject, 'good');
  if (kwh.value === undefined) return kwh;
  if (good.value === undefined) return good;
  if (good.value === 0) return absent('no_items');
  const partial = kwh.status === 'partial' || good.status === 'partial';
  return { value: kwh.value / good.value, status: partial ? 'partial' : 'ok' };
}
