import { type KpiId, kpiCatalogue } from '@benchline/model';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { newBoard } from './board.ts';
import { gapsPanel, statesPanel, statPanel, trendPanel } from './panels.ts';
import { machineVariable } from './variables.ts';
import { type Language, words } from './words.ts';

const mainFigures: readonly KpiId[] = [
  'oee',
  'availability',
  'effectiveness',
  'quality_ratio',
  'energy_kwh_per_good_item',
  'defect_ratio',
];
const cncFigures: readonly KpiId[] = [
  'cnc_ratio_declared',
  'cnc_ratio_connected',
  'cnc_ratio_active',
  'coverage',
];

/** The plant at a glance: OEE with its factors, energy per item, defects, the CNC ratio, states and gaps. */
export function plantOverview(language: Language): dashboard.Dashboard {
  const builder = newBoard('plant', words.title, language).withVariable(machineVariable(language));
  for (const kpi of mainFigures) builder.withPanel(statPanel(kpi, language).span(4));
  for (const kpi of cncFigures) builder.withPanel(statPanel(kpi, language).span(6));
  builder
    .withPanel(statesPanel(language).span(24))
    .withPanel(
      trendPanel(
        words.trend[language],
        ['oee', 'availability', 'effectiveness', 'quality_ratio'],
        language,
      ).span(12),
    )
    .withPanel(single('energy_kwh_per_good_item').span(12))
    .withPanel(single('defect_ratio').span(6))
    .withPanel(single('micro_stops').span(6))
    .withPanel(single('coverage').span(6))
    .withPanel(gapsPanel(language).span(6));
  return builder.build();

  function single(kpi: KpiId) {
    return trendPanel(kpiCatalogue[kpi].name[language], [kpi], language);
  }
}
