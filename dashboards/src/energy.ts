import { type KpiId, kpiCatalogue } from '@benchline/model';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { newBoard } from './board.ts';
import { notePanel, powerPanel, shiftPanel, statPanel, trendPanel } from './panels.ts';
import { machineVariable } from './variables.ts';
import { type Language, words } from './words.ts';

const figures: readonly KpiId[] = [
  'energy_kwh',
  'energy_kwh_per_good_item',
  'idle_energy_share',
  'comprehensive_energy_kgce',
  'comprehensive_energy_kgce_per_good_item',
  'co2_kg',
];

/** Energy of a scope: its figures, power as machines tell it, energy shift by shift, idle share and energy per item. */
export function energyBoard(language: Language): dashboard.Dashboard {
  const builder = newBoard('energy', words.energy, language).withVariable(machineVariable(language));
  for (const kpi of figures) builder.withPanel(statPanel(kpi, language).span(4));
  return builder
    .withPanel(powerPanel(language).span(24))
    .withPanel(shiftPanel('energy_kwh', language).span(12))
    .withPanel(single('idle_energy_share').span(12))
    .withPanel(single('energy_kwh_per_good_item').span(12))
    .withPanel(single('comprehensive_energy_kgce').span(12))
    .withPanel(notePanel(words.limits[language], words.limits_elsewhere[language]).span(24))
    .build();

  function single(kpi: KpiId) {
    return trendPanel(kpiCatalogue[kpi].name[language], [kpi], language);
  }
}
