import { type KpiId, kpiCatalogue } from '@benchline/model';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource, queries } from './influxql.ts';
import { gapsPanel, statesPanel, statPanel, trendPanel } from './panels.ts';
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

/** Stable ids, so that links and a re-import find the board again. */
function boardUid(language: Language): string {
  return `benchline-plant-${language}`;
}

/** The plant at a glance: OEE with its factors, energy per item, defects, the CNC ratio, states and gaps. */
export function plantOverview(language: Language): dashboard.Dashboard {
  const other: Language = language === 'en' ? 'zh' : 'en';
  const builder = new dashboard.DashboardBuilder(words.title[language])
    .uid(boardUid(language))
    .tags(['benchline', language])
    .time({ from: 'now-24h', to: 'now' })
    .refresh('5s')
    .timezone('browser')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .link(
      new dashboard.DashboardLinkBuilder(words.other[language])
        .type(dashboard.DashboardLinkType.Link)
        .url(`/d/${boardUid(other)}`)
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(scopeVariable(language))
    .withVariable(periodVariable(language))
    .withVariable(machineVariable(language));
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
    .withPanel(single('defect_ratio').span(8))
    .withPanel(single('coverage').span(8))
    .withPanel(gapsPanel(language).span(8));
  return builder.build();

  function single(kpi: KpiId) {
    return trendPanel(kpiCatalogue[kpi].name[language], [kpi], language);
  }
}

function scopeVariable(language: Language): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder('scope')
    .label(words.scope[language])
    .datasource(datasource)
    .query(queries.scopes())
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
}

function periodVariable(language: Language): dashboard.CustomVariableBuilder {
  return new dashboard.CustomVariableBuilder('period')
    .label(words.period[language])
    .values('hour,shift,day')
    .current({ text: 'hour', value: 'hour', selected: true });
}

function machineVariable(language: Language): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder('machine')
    .label(words.machine[language])
    .datasource(datasource)
    .query(queries.machines())
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all', selected: true });
}
